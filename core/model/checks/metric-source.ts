import * as z from '../zod.ts'
import { nonEmpty } from './fields.ts'

export const statistic = z
  .string()
  .check(
    z.regex(
      /^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|p100|(PR|TM|TC|TS|WM)\([\d.%]*:[\d.%]*\))$/,
      'use a statistic of CloudWatch: Sum, Average, Minimum, Maximum, SampleCount, p99, tm95, PR(:0.3), …',
    ),
  )

const place = {
  namespace: nonEmpty,
  metric: nonEmpty,
  /**
   * Values may name the slot's place: `${slot}`, `${cluster}`, `${service}`, `${targetGroup}`, `${loadBalancer}`
   * (the last two as CloudWatch spells them: `targetgroup/name/id`, `app/name/id`).
   */
  dimensions: z._default(
    z.record(z.string(), z.string()).check(
      z.refine((value) => Object.keys(value).length <= 30, {
        message: 'has more than 30 dimensions',
      }),
    ),
    {},
  ),
}

/** A metric of CloudWatch in one statistic. */
export const metricSource = z.strictObject({ ...place, statistic: z._default(statistic, 'Sum') })

/** A metric whose statistics the check chooses by itself. */
export const plainMetric = z.strictObject(place)

export type MetricSource = z.output<typeof metricSource>
export type PlainMetric = z.output<typeof plainMetric>
