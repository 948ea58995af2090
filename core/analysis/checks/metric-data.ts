import type { MetricSource } from '../../model/checks/metric-source.ts'
import { type Place, resolvePlaceholders } from '../../model/placeholders.ts'
import type { MetricPoint, MetricQuery } from '../../ports.ts'

/** The query of a source for one slot. */
export function inPlace(
  id: string,
  source: MetricSource,
  period: number,
  place: Place,
): MetricQuery {
  const dimensions = Object.entries(source.dimensions).map(([key, value]) => [
    key,
    resolvePlaceholders(value, place),
  ])
  return {
    id,
    namespace: source.namespace,
    metric: source.metric,
    statistic: source.statistic,
    period,
    dimensions: Object.fromEntries(dimensions),
  }
}

/** The points whose values are numbers, and how many are not. */
export function soundPoints(read: Readonly<Record<string, readonly MetricPoint[]>>): {
  readonly points: Readonly<Record<string, readonly MetricPoint[]>>
  readonly refused: number
} {
  let refused = 0
  const points = Object.entries(read).map(([id, list]) => {
    const sound = list.filter(({ value }) => Number.isFinite(value))
    refused += list.length - sound.length
    return [id, sound] as const
  })
  return { points: Object.fromEntries(points), refused }
}

export function sum(points: readonly MetricPoint[]): number {
  return points.reduce((total, { value }) => total + value, 0)
}

/** A number in three digits, for sentences. */
export function told(value: number): string {
  return String(Number(value.toPrecision(3)))
}
