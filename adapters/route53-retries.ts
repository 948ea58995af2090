import { ConfiguredRetryStrategy, StandardRetryStrategy } from '@smithy/core/retry'

type RetryToken = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>
type RetryErrorInfo = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>[1]

/**
 * Route 53 gives an account ten requests a second, for everybody in it. Whoever fails back goes before whoever shifts up:
 *
 * - `insists`: a throttled request is tried again within 0.15 s, many times. Whenever the quota has a request to give, one
 *   of these asks for it soonest.
 * - `yields`: a throttled request is tried again after seconds, twice, and then by the workflow after more of them. Only the
 *   second request of a pair is tried again soon: read, then write; asked how far it is, then read back. Given up, it
 *   would have the quota give the first one again.
 */
export type Urgency = 'insists' | 'yields'

interface Pauses {
  /** Tries of one request, the first among them. */
  readonly attempts: number
  /** Each is this long by half, by chance, so that many do not ask at once. Milliseconds. */
  readonly pause: number
}

/** The two of a pair together take 23 s at most, of the 30 that a function has. */
const PAUSES: Readonly<Record<Urgency, { readonly first: Pauses; readonly second: Pauses }>> = {
  insists: { first: { attempts: 40, pause: 100 }, second: { attempts: 40, pause: 100 } },
  yields: { first: { attempts: 3, pause: 4_000 }, second: { attempts: 25, pause: 300 } },
}

/** Milliseconds after an answer within which the client's next request is the second of a pair. */
const PAIRED_WITHIN = 100

/** @param attempts of whatever is no throttle: it is tried again as everywhere, for it costs nobody else a request. */
export function route53Retries(urgency: Urgency, attempts: number): StandardRetryStrategy {
  return new QuotaShare(urgency, attempts)
}

class QuotaShare extends StandardRetryStrategy {
  readonly #urgency: Urgency
  readonly #seconds = new WeakSet<RetryToken>()
  #halfAnsweredAt: number | undefined

  constructor(urgency: Urgency, attempts: number) {
    super({ maxAttempts: attempts })
    this.#urgency = urgency
  }

  override async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const isSecond = Date.now() - (this.#halfAnsweredAt ?? 0) <= PAIRED_WITHIN
    return this.#marked(await super.acquireInitialRetryToken(scope), isSecond)
  }

  override async refreshRetryTokenForRetry(
    token: RetryToken,
    errorInfo: RetryErrorInfo,
  ): Promise<RetryToken> {
    const isSecond = this.#seconds.has(token)
    const { first, second } = PAUSES[this.#urgency]
    const refreshed =
      errorInfo.errorType === 'THROTTLING'
        ? throttled(isSecond ? second : first).refreshRetryTokenForRetry(token, errorInfo)
        : super.refreshRetryTokenForRetry(token, errorInfo)
    return this.#marked(await refreshed, isSecond)
  }

  override recordSuccess(token: RetryToken): void {
    this.#halfAnsweredAt = this.#seconds.has(token) ? undefined : Date.now()
    super.recordSuccess(token)
  }

  #marked(token: RetryToken, isSecond: boolean): RetryToken {
    if (isSecond) this.#seconds.add(token)
    return token
  }
}

/** A new one each time: the SDK's strategies stop trying, for all requests, when many in a row were throttled. */
function throttled({ attempts, pause }: Pauses): StandardRetryStrategy {
  return new ConfiguredRetryStrategy(attempts, () => pause * (0.5 + Math.random()))
}
