import { ConfiguredRetryStrategy, StandardRetryStrategy } from '@smithy/core/retry'

type RetryToken = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>
type RetryErrorInfo = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1]

/**
 * Route 53 gives an account ten requests a second, for everybody in it. Whoever fails back goes before whoever shifts up:
 *
 * - `insists`: a throttled request is tried again within a third of a second, many times. Whenever the quota has a request
 *   to give, one of these asks for it soonest.
 * - `yields`: a throttled request is not tried again here. The workflow does it, after seconds and more of them each time.
 */
export type Urgency = 'insists' | 'yields'

/** At 0.2 s each it is 4 s, so that a few calls in a row end within a function's 30. */
const INSISTING_ATTEMPTS = 20
const INSISTING_DELAY_MS = 200

export function route53Retries(urgency: Urgency, attempts: number): StandardRetryStrategy {
  return urgency === 'insists' ? new Insisting() : new Yielding({ maxAttempts: attempts })
}

/** Apart by chance, so that many do not ask at once. */
class Insisting extends ConfiguredRetryStrategy {
  constructor() {
    super(INSISTING_ATTEMPTS, () => INSISTING_DELAY_MS * (0.5 + Math.random()))
  }
}

/** Whatever is no throttle is tried again as always: an answer that was lost costs nobody else a request. */
class Yielding extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(
    token: RetryToken,
    errorInfo: RetryErrorInfo,
  ): ReturnType<StandardRetryStrategy['refreshRetryTokenForRetry']> {
    if (errorInfo.errorType === 'THROTTLING') throw new Error('left to the workflow')
    return super.refreshRetryTokenForRetry(token, errorInfo)
  }
}
