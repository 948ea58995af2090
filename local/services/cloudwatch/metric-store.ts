import { type Aggregate, aggregateOf, merge } from './aggregate.ts'

export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

export interface Point {
  /** Start of the period, milliseconds since the epoch. */
  readonly at: number
  readonly aggregate: Aggregate
}

interface Series {
  readonly metric: Metric
  /** By the second since the epoch. */
  readonly seconds: Map<number, Aggregate>
}

const keyOf = ({ namespace, name, dimensions }: Metric): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])

/** Sweeping at every write would cost more than what it frees. */
const SWEEP_EVERY_MS = 60_000

/** All metrics, by the second, as far back as `retentionMs`. */
export class MetricStore {
  readonly retentionMs: number
  readonly #series = new Map<string, Series>()
  #sweptAt = 0

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs
  }

  add(metric: Metric, at: number, aggregate: Aggregate): void {
    const key = keyOf(metric)
    const series = this.#series.get(key) ?? { metric, seconds: new Map<number, Aggregate>() }
    this.#series.set(key, series)
    const second = Math.floor(at / 1_000)
    const standing = series.seconds.get(second)
    series.seconds.set(second, standing ? merge([standing, aggregate]) : aggregate)
    this.#sweep()
  }

  addValue(metric: Metric, at: number, value: number, count = 1): void {
    this.add(metric, at, aggregateOf(value, count))
  }

  list(): Metric[] {
    this.#sweep()
    return [...this.#series.values()].map((series) => series.metric)
  }

  /** Periods that begin in [from, to) and have data, oldest first. Periods count from the epoch. */
  read(
    metric: Metric,
    { from, to, periodMs }: { from: number; to: number; periodMs: number },
  ): Point[] {
    const series = this.#series.get(keyOf(metric))
    if (!series) return []
    const periods = new Map<number, Aggregate[]>()
    const oldest = Date.now() - this.retentionMs
    for (const [second, aggregate] of series.seconds) {
      const at = Math.floor((second * 1_000) / periodMs) * periodMs
      if (at < from || at >= to || second * 1_000 < oldest) continue
      const parts = periods.get(at) ?? []
      parts.push(aggregate)
      periods.set(at, parts)
    }
    return [...periods]
      .map(([at, parts]) => ({ at, aggregate: merge(parts) }))
      .sort((a, b) => a.at - b.at)
  }

  /** How many seconds of data are held, over all metrics: what memory goes by. */
  get size(): number {
    return [...this.#series.values()].reduce((sum, { seconds }) => sum + seconds.size, 0)
  }

  #sweep(): void {
    const now = Date.now()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    const oldest = (now - this.retentionMs) / 1_000
    for (const [key, { seconds }] of this.#series) {
      for (const second of seconds.keys()) if (second < oldest) seconds.delete(second)
      if (seconds.size === 0) this.#series.delete(key)
    }
  }
}
