import type { CheckOf } from './checks/index.ts'
import type { MetricSource } from './checks/metric-source.ts'

const TARGET_GROUP = {
  namespace: 'AWS/ApplicationELB',
  // Placeholders, filled in for each slot.
  dimensions: { LoadBalancer: '$' + '{loadBalancer}', TargetGroup: '$' + '{targetGroup}' },
}

/** What a comparison reads of each slot. */
export type ComparisonSources =
  | { readonly bad: MetricSource; readonly total: MetricSource }
  /** How many response times there were, and which percentage of them was fast enough. */
  | { readonly count: MetricSource; readonly fast: MetricSource }
  | { readonly gauge: MetricSource }

/**
 * The metrics of a comparison. By default requests answered with 5xx, and requests, of the slots' target groups.
 *
 * Slow requests are counted by CloudWatch's percentile rank: `PR(:0.3)` is the percentage of values up to 0.3, and of
 * `SampleCount` values the rest were slower.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function comparisonSources(check: CheckOf<'compare'>): ComparisonSources {
  if (check.gauge !== undefined) return { gauge: check.gauge }
  if (check.slowerThan !== undefined) {
    const metric = check.latency ?? { ...TARGET_GROUP, metric: 'TargetResponseTime' }
    const bound = check.unit === 'seconds' ? check.slowerThan : check.slowerThan * 1000
    return {
      count: { ...metric, statistic: 'SampleCount' },
      fast: { ...metric, statistic: `PR(:${Number(bound.toFixed(6))})` },
    }
  }
  const of = (metric: string): MetricSource => ({ ...TARGET_GROUP, metric, statistic: 'Sum' })
  return {
    bad: check.bad ?? of('HTTPCode_Target_5XX_Count'),
    total: check.total ?? of('RequestCount'),
  }
}
