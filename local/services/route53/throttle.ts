import { AwsError, type Operation } from '../../wire/service.ts'

/** A bucket that holds `burst` requests and refills by `perSecond`. */
export const requestBucket = (perSecond: number, burst: number) => {
  let tokens = burst
  let filledAt = Date.now()
  return {
    /** @throws {AwsError} Throttling, as Route 53 answers a request above the account's rate. */
    take(): void {
      const now = Date.now()
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * perSecond)
      filledAt = now
      if (tokens < 1) throw new AwsError('Throttling', 'Rate exceeded')
      tokens -= 1
    },
  }
}

/** The rate is the account's, so all operations draw from one bucket. */
export const throttled = (
  operations: Readonly<Record<string, Operation>>,
  take: () => void,
): Readonly<Record<string, Operation>> =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      (input, call) => {
        take()
        return operation(input, call)
      },
    ]),
  )
