import { AwsError } from '../../wire/service.ts'
import type { Aggregate } from './aggregate.ts'

/** Gives one number for an aggregate, or none where it cannot be told from what is known. */
export type Statistic = (of: Aggregate) => number | undefined

const SIMPLE: Readonly<Record<string, Statistic>> = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => (count > 0 ? sum / count : undefined),
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  SampleCount: ({ count }) => count,
}

/** The smallest value that at least `percent` of all values do not exceed. */
const percentile =
  (percent: number): Statistic =>
  ({ values, count, minimum, maximum }) => {
    if (minimum === maximum) return minimum
    if (!values) return undefined
    const wanted = (percent / 100) * count
    let seen = 0
    for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
      seen += times
      if (seen >= wanted) return Math.min(maximum, Math.max(minimum, value))
    }
    return maximum
  }

/** Share of the values above `low` and up to `high`, in percent. */
const percentileRank =
  (low: number, high: number): Statistic =>
  ({ values, count }) => {
    if (!values || count === 0) return undefined
    let within = 0
    for (const [value, times] of values) if (value > low && value <= high) within += times
    return (within / count) * 100
  }

/** @throws {AwsError} naming the statistic where it is none that local AWS has. */
export const statisticOf = (name: string): Statistic => {
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined
  if (simple) return simple
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1]
  if (percent !== undefined && Number(percent) <= 100) return percentile(Number(percent))
  const rank = /^PR\((\d*(?:\.\d+)?):(\d*(?:\.\d+)?)\)$/.exec(name)
  if (rank && (rank[1] || rank[2])) {
    const [, low, high] = rank
    return percentileRank(low ? Number(low) : -Infinity, high ? Number(high) : Infinity)
  }
  throw new AwsError(
    'ValidationError',
    `local AWS does not have the statistic ${name}: it has ${Object.keys(SIMPLE).join(', ')}, pNN.N and PR(low:high)`,
  )
}
