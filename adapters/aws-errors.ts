import { TransientError } from '../core/errors.ts'

/**
 * Awaits a request that was sent to AWS. Throttles, 5xx, timeouts and network errors, which the client's own
 * retries did not outlast, become core's TransientError with the cause kept; every other error stays what it is,
 * for the caller to name or to pass on.
 *
 * @param operation service and operation, e.g. `Route 53 GetChange`. Written out: a minified bundle has no class names.
 * @param asked what was asked, for the message: `the weights of app.example.com`.
 */
export async function answered<Output>(
  operation: string,
  asked: string,
  sent: Promise<Output>,
): Promise<Output> {
  try {
    return await sent
  } catch (error) {
    if (!isTransient(error)) throw error
    throw new TransientError(`${operation} (${asked}) got no answer: ${described(error)}`, {
      cause: error,
    })
  }
}

/** Whether the error is of this name: services' errors are told apart by name, not by class. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name)
}

export function described(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/**
 * Throttles by the names that the services give them. `PriorRequestNotComplete` is Route 53's, for a hosted zone
 * that still works on another change; `ExecutionLimitExceeded` is Step Functions', until executions end;
 * `ConcurrentUpdateException` is Application Auto Scaling's, for a target that is being updated already.
 */
const THROTTLES: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'ConcurrentUpdateException',
  'ExecutionLimitExceeded',
  'KmsThrottlingException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

const TIMEOUTS: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
])

/** Of Node's sockets and name look-up. */
const NETWORK: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (THROTTLES.has(error.name) || TIMEOUTS.has(error.name)) return true
  if ('code' in error && NETWORK.has(String(error.code))) return true
  if ('$retryable' in error && error.$retryable !== undefined) return true
  if (/socket hang up|other side closed/i.test(error.message)) return true
  const status = statusOf(error)
  return status !== undefined && (status >= 500 || status === 429)
}

/** The HTTP status; an answer that could not be read has it on the raw response. */
function statusOf(error: Error): number | undefined {
  for (const [holder, field] of [
    ['$metadata', 'httpStatusCode'],
    ['$response', 'statusCode'],
  ] as const) {
    const held: unknown = Reflect.get(error, holder)
    const status: unknown = typeof held === 'object' && held ? Reflect.get(held, field) : undefined
    if (typeof status === 'number') return status
  }
  return undefined
}
