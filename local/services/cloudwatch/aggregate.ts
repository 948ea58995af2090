/** What is known of a metric in one second, or in a period when several are added up. */
export interface Aggregate {
  readonly count: number
  readonly sum: number
  readonly minimum: number
  readonly maximum: number
  /** How often each value came; undefined where only a summary was ever given, which has no percentiles. */
  readonly values: ReadonlyMap<number, number> | undefined
}

/**
 * Values are kept to three digits for percentiles: a percentile is then off by half a percent at most, and a busy
 * metric takes no more memory than a quiet one. Sum, count and bounds stay exact.
 */
const rounded = (value: number): number => Number(value.toPrecision(3))

export const aggregateOf = (value: number, count = 1): Aggregate => ({
  count,
  sum: value * count,
  minimum: value,
  maximum: value,
  values: new Map([[rounded(value), count]]),
})

export const merge = (parts: readonly Aggregate[]): Aggregate => {
  const values = parts.every((part) => part.values) ? new Map<number, number>() : undefined
  let [count, sum, minimum, maximum] = [0, 0, Infinity, -Infinity]
  for (const part of parts) {
    count += part.count
    sum += part.sum
    minimum = Math.min(minimum, part.minimum)
    maximum = Math.max(maximum, part.maximum)
    for (const [value, times] of part.values ?? [])
      values?.set(value, (values.get(value) ?? 0) + times)
  }
  return { count, sum, minimum, maximum, values }
}
