import type { FunctionRecord } from './functions.ts'

export interface FunctionErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type InvocationResult =
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'failed'; readonly payload: string; readonly error: FunctionErrorPayload }

/** Most bytes of a synchronous invocation's payload. */
const MOST_BYTES = 6 * 1024 * 1024

/** Runs a function once, within its timeout. Its own failures are a result, not an exception. */
export async function invokeOnce(
  record: FunctionRecord,
  payload: unknown,
  requestId: string,
): Promise<InvocationResult> {
  record.invocations += 1
  record.running += 1
  record.observe()
  let leave: (() => void) | undefined
  try {
    leave = await record.enter()
    const text = await withinTimeout(record, payload, requestId)
    if (Buffer.byteLength(text) <= MOST_BYTES) return { kind: 'returned', payload: text }
    return failed({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes).`,
    })
  } catch (error) {
    return failed(payloadOf(error))
  } finally {
    leave?.()
    settle(record)
  }
}

function settle(record: FunctionRecord): void {
  record.running -= 1
  if (record.running > 0) return
  // Nobody waits for former code to end.
  for (const former of record.retired.splice(0)) void former.close()
}

async function withinTimeout(
  record: FunctionRecord,
  payload: unknown,
  requestId: string,
): Promise<string> {
  const seconds = record.definition.timeoutSeconds
  const abort = new AbortController()
  const timedOut = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new Error(
      `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
    )
    error.name = 'Sandbox.Timedout'
    abort.abort(error)
    timedOut.reject(error)
  }, seconds * 1000)
  try {
    const context = { requestId, deadline: Date.now() + seconds * 1000, signal: abort.signal }
    const running = record.code().invoke(payload, context)
    return JSON.stringify(await Promise.race([running, timedOut.promise])) ?? 'null'
  } finally {
    clearTimeout(timer)
  }
}

const failed = (error: FunctionErrorPayload): InvocationResult => ({
  kind: 'failed',
  payload: JSON.stringify(error),
  error,
})

/** As Lambda's Node runtime reports what a handler threw. A timeout of the sandbox has no trace. */
function payloadOf(thrown: unknown): FunctionErrorPayload {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
  }
  const { name: errorType, message: errorMessage } = thrown
  if (errorType.startsWith('Sandbox.')) return { errorType, errorMessage }
  return { errorType, errorMessage, trace: (thrown.stack ?? '').split('\n') }
}
