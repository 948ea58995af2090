import { duration, latency } from '../duration.ts'
import * as z from '../zod.ts'
import { checkName, commonFields } from './fields.ts'
import { metricSource, plainMetric } from './metric-source.ts'

/**
 * The candidate against the live slot, by the traffic that both get at the same time: bad requests (5xx of the
 * slots' target groups unless told), slow requests, or a gauge.
 */
export const compareCheck = z.strictObject({
  type: z.literal('compare'),
  name: z._default(checkName, 'compare'),
  ...commonFields,
  /** Counts of bad requests and of all, per slot. */
  bad: z.optional(metricSource),
  total: z.optional(metricSource),
  /** Compares requests slower than this instead. */
  slowerThan: z.optional(latency()),
  /** Response times for `slowerThan`; the target group's unless told. */
  latency: z.optional(plainMetric),
  /** What `latency` is measured in. */
  unit: z._default(z.enum(['seconds', 'milliseconds']), 'seconds'),
  /** Compares a metric that has no counts (CPU, queue age, p99) instead, period by period; higher is worse. */
  gauge: z.optional(metricSource),
  /** Chance of failing a candidate that is no worse, over the whole rollout. */
  alpha: z._default(z.number().check(z.gte(1e-9), z.lte(0.5)), 0.01),
  /** Odds ratio (for gauges: ratio) up to which the candidate counts as no worse than live. */
  tolerance: z._default(z.number().check(z.gte(1), z.lte(100)), 1),
  /** CloudWatch period. 1, 5, 10, 20 or 30 s need high-resolution metrics. */
  period: z.prefault(duration({ min: 1, max: 3_600 }), '1m'),
  /** How late the metrics' points are; younger ones are awaited. */
  delay: z.prefault(duration({ max: 900 }), '2m'),
  /**
   * Requests of each slot at a step under which there is too little traffic to judge, 20 unless told; for a gauge
   * periods, 3 unless told.
   */
  minimumSample: z.optional(z.int().check(z.gte(1))),
  /** Where live has no traffic to compare with: share of bad requests in percent (for gauges: value) that fails the candidate. */
  threshold: z.optional(z.number()),
})
