/** The inside of a worker: Lambda's Node runtime, as far as a handler can see it. */
import { parentPort, workerData } from 'node:worker_threads'
import { furnish, leadResponsesTo, loadModule } from './worker-surroundings.ts'

export interface WorkerStart {
  readonly functionName: string
  readonly assetPath: string
  /** `file.export` */
  readonly handler: string
}

export interface WorkerInvocation {
  readonly requestId: string
  readonly deadline: number
  readonly payload: string
}

export type WorkerAnswer =
  | { readonly kind: 'returned'; readonly payload: string }
  | {
      readonly kind: 'failed'
      readonly errorType: string
      readonly errorMessage: string
      readonly trace: readonly string[]
    }

type Handler = (event: unknown, context: object) => unknown

const start = workerData as WorkerStart
furnish(start.assetPath)
if (process.env.AWS_ENDPOINT_URL) leadResponsesTo(process.env.AWS_ENDPOINT_URL)
let loading: Promise<Handler> | undefined

async function load(): Promise<Handler> {
  const [file = '', exported = ''] = start.handler.split('.')
  const loaded = (await loadModule(start.assetPath, file)) as Record<string, unknown>
  const handler = loaded[exported]
  if (typeof handler === 'function') return handler as Handler
  const error = new Error(
    `${start.handler} is undefined or not exported by ${file} in ${start.assetPath}`,
  )
  error.name = 'Runtime.HandlerNotFound'
  throw error
}

const contextOf = (invocation: WorkerInvocation): object => ({
  awsRequestId: invocation.requestId,
  functionName: start.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: functionArn(),
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
})

const functionArn = (): string =>
  `arn:aws:lambda:${process.env.AWS_REGION}:123456789012:function:${start.functionName}`

async function answer(invocation: WorkerInvocation): Promise<WorkerAnswer> {
  try {
    process.env._X_AMZN_TRACE_ID = `Root=1-00000000-${invocation.requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`
    loading ??= load()
    const handler = await loading
    const returned = await handler(JSON.parse(invocation.payload), contextOf(invocation))
    return { kind: 'returned', payload: JSON.stringify(returned) ?? 'null' }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return {
      kind: 'failed',
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? '').split('\n'),
    }
  }
}

parentPort?.on('message', (invocation: WorkerInvocation) => {
  void answer(invocation).then((given) => parentPort?.postMessage(given))
})
