import * as schemas from '@aws-sdk/client-lambda'
import type { Service } from '../../wire/service.ts'
import type { DynamoDb } from '../dynamodb/index.ts'
import type { Sqs } from '../sqs/index.ts'
import { createAsyncInvocations } from './async-invocation.ts'
import { describeOperations } from './describe.ts'
import { createMapping, type Mapping, type MappingDefinition } from './event-source-mapping.ts'
import type { EventInvokeConfig, FunctionDefinition, FunctionLoader } from './function.ts'
import { type FunctionRecord, Functions } from './functions.ts'
import { type InvocationResult, invokeOnce } from './invocation.ts'
import { invokeOperation } from './invoke.ts'

export type {
  EventInvokeConfig,
  FunctionDefinition,
  FunctionLoader,
  InvocationContext,
  LoadedFunction,
} from './function.ts'
export { createWorkerLoader } from './worker-function.ts'

export interface LambdaOptions {
  readonly loader: FunctionLoader
  readonly sqs: Pick<Sqs, 'deliver'>
  readonly streams: Pick<DynamoDb, 'subscribe'>
  /** Before each retry of an asynchronous invocation; by default as AWS, one and two minutes. */
  readonly retryDelaysMs?: readonly number[]
  /** An event that no retry and no queue caught. */
  readonly onLost: (fn: string, reason: string) => void
}

export interface Lambda extends Service {
  readonly functions: Functions
  createFunction(definition: FunctionDefinition): FunctionRecord
  configureEventInvoke(name: string, config: EventInvokeConfig): void
  createEventSourceMapping(definition: MappingDefinition): string
  /** Waits for the result, as Step Functions does. @throws {AwsError} where there is no such function. */
  invoke(nameOrArn: string, payload: unknown, requestId: string): Promise<InvocationResult>
  /** Leaves the event to Lambda's queue. @throws {AwsError} where there is no such function. */
  accept(nameOrArn: string, payload: string): void
  /** Asynchronous invocations not yet done with. */
  pending(): number
  close(): Promise<void>
}

export function createLambda(options: LambdaOptions): Lambda {
  const functions = new Functions(options.loader)
  const { onLost } = options
  const deliver = options.sqs.deliver
  const queue = createAsyncInvocations({
    deliver,
    onLost,
    ...(options.retryDelaysMs ? { retryDelaysMs: options.retryDelaysMs } : {}),
  })
  const mappings = new Map<Mapping, () => void>()

  return {
    name: 'lambda',
    schemas,
    operations: {
      ...invokeOperation(functions, queue),
      ...describeOperations(functions, () => [...mappings.keys()]),
    },
    supports: {
      Invoke: ['FunctionName', 'InvocationType', 'Payload', 'Qualifier'],
      ListFunctions: ['MaxItems'],
    },
    functions,
    createFunction: (definition) => functions.create(definition),
    configureEventInvoke(name, config) {
      functions.get(name).eventInvoke = config
    },
    createEventSourceMapping(definition) {
      const record = functions.get(definition.functionName)
      const mapping = createMapping(definition, record, { deliver, onLost })
      mappings.set(mapping, options.streams.subscribe(definition.eventSourceArn, mapping.offer))
      return mapping.id
    },
    invoke: async (nameOrArn, payload, requestId) =>
      invokeOnce(functions.get(nameOrArn), payload, requestId),
    accept(nameOrArn, payload) {
      queue.accept(functions.get(nameOrArn), payload)
    },
    pending: queue.pending,
    async close() {
      queue.close()
      for (const [mapping, unsubscribe] of mappings) {
        unsubscribe()
        mapping.close()
      }
      await functions.close()
    },
  }
}
