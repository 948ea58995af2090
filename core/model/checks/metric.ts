import { duration } from '../duration.ts'
import * as z from '../zod.ts'
import { checkName, commonFields } from './fields.ts'
import { metricSource } from './metric-source.ts'

/** Metric math over metrics of the candidate, in CloudWatch's own words. */
export const metricMath = z.strictObject({
  /** One time series out of the metrics' ids: `FILL(errors, 0) / requests * 100`. */
  expression: z.string().check(z.minLength(1, 'is empty'), z.maxLength(1_024)),
  metrics: z
    .record(
      z
        .string()
        .check(
          z.regex(/^[a-z][A-Za-z0-9_]{0,39}$/, 'use a small letter, then letters, digits or "_"'),
        ),
      metricSource,
    )
    .check(
      z.refine((value) => Object.keys(value).length > 0, { message: 'name at least one metric' }),
      z.refine((value) => Object.keys(value).length <= 10, { message: 'has more than 10 metrics' }),
    ),
  /** Id of the metric that is the sample, for `minimumSample`. */
  sample: z.optional(z.string()),
})

/** A metric of the candidate against a threshold: as it is, as a rate, or by metric math. */
export const metricCheck = z.strictObject({
  type: z.literal('metric'),
  name: checkName,
  ...commonFields,
  source: z.optional(metricSource),
  /** Divides the metric: 5xx by requests gives a rate. With it, a missing numerator is zero. */
  per: z.optional(metricSource),
  /** Stands in place of `source` and `per`. */
  math: z.optional(metricMath),
  /** How the points of an expression become one value. */
  combine: z._default(z.enum(['average', 'maximum', 'minimum', 'sum', 'last']), 'average'),
  /** The check fails when the value is `above` or `below` this. */
  above: z.optional(z.number()),
  below: z.optional(z.number()),
  /** Seconds of data looked at, back from now. */
  window: z.prefault(duration({ min: 1, max: 86_400 }), '1m'),
  /** CloudWatch period. 1, 5, 10, 20 or 30 s need high-resolution metrics. */
  period: z.prefault(duration({ min: 1, max: 86_400 }), '1m'),
  /** How late the metric's points are; younger ones are not looked at. */
  delay: z.prefault(duration({ max: 900 }), '0s'),
  /** Sum of `per` (of the source without `per`, of `math.sample` with math) under which there is too little traffic to judge. */
  minimumSample: z._default(z.number().check(z.gte(0)), 0),
})
