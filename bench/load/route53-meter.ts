import type { ChangeResourceRecordSetsRequest } from '@aws-sdk/client-route-53'
import type { LocalAwsOptions } from '../../local/aws.ts'
import { AwsError } from '../../local/wire/service.ts'

/** Requests to Route 53 by what became of them. */
export interface Route53Meter {
  readonly answered: ReadonlyMap<string, number>
  readonly throttled: ReadonlyMap<string, number>
  readonly intercept: NonNullable<LocalAwsOptions['intercept']>
}

/** Counts by operation, and tells of each change of records that was taken. */
export function meterRoute53(
  onChange: (change: ChangeResourceRecordSetsRequest) => void,
): Route53Meter {
  const answered = new Map<string, number>()
  const throttled = new Map<string, number>()
  const count = (counts: Map<string, number>, operation: string) =>
    counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return {
    answered,
    throttled,
    async intercept({ service, operation, input }, next) {
      if (service !== 'route53') return next()
      try {
        const output = await next()
        count(answered, operation)
        if (operation === 'ChangeResourceRecordSets') {
          onChange(input as ChangeResourceRecordSetsRequest)
        }
        return output
      } catch (error) {
        if (error instanceof AwsError && error.code === 'Throttling') count(throttled, operation)
        throw error
      }
    },
  }
}

export function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
