import type { CheckOf, SlotDefinition } from '../../model/definition.ts'
import { resolvePlaceholders } from '../../model/placeholders.ts'
import type { MetricPoint, MetricQuery } from '../../ports.ts'
import { type Check, type CheckContext, verdict } from './check.ts'

/**
 * Is a metric of the candidate on the right side of a threshold?
 *
 * Only whole periods since the step began are looked at, `delay` back from now. With `per`, the value is
 * sum(source) / sum(per), and a source without points is zero as long as `per` has some: CloudWatch has no 5xx
 * point where there was no 5xx. Both missing is no data, which decides nothing.
 */
export const checkMetric: Check<'metric'> = async (ports, definition, context) => {
  const window = windowOf(definition, context)
  const source = sourceOf(definition)
  if (window.from >= window.to) {
    const reason = `${definition.name}: no whole period of ${definition.period} s since the step began`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, window })
  }
  const read = await ports.metrics.read(queriesOf(definition, context.place), window)
  const points = read.value ?? []
  const value = definition.per
    ? ratio(points, read.per ?? [])
    : combined(definition.source.statistic, points)
  const sample = sum(definition.per ? (read.per ?? []) : points)
  const numbers = { ...(value === undefined ? {} : { value }), sample, points: points.length }
  if (value === undefined) {
    const reason = `${definition.name}: no data in ${seconds(window)} s`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, numbers, window })
  }
  const told = `${definition.name} is ${format(value)} over ${seconds(window)} s (sample ${format(sample)})`
  const broken = crossed(definition, value)
  if (sample < definition.minimumSample) {
    const reason = `${told}: too little traffic, ${definition.minimumSample} needed`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, numbers, window })
  }
  return verdict(definition, context, {
    kind: broken ? 'fail' : 'pass',
    reason: broken ? `${told}: ${broken}` : told,
    source,
    numbers,
    window,
  })
}

function windowOf(definition: CheckOf<'metric'>, context: CheckContext) {
  const period = definition.period * 1000
  const to = Math.floor((context.now - definition.delay * 1000) / period) * period
  const began = Math.ceil(context.stepStartedAt / period) * period
  return { from: Math.max(to - definition.window * 1000, began), to }
}

function queriesOf(definition: CheckOf<'metric'>, place: SlotDefinition): MetricQuery[] {
  const query = (id: string, source: CheckOf<'metric'>['source']): MetricQuery => ({
    id,
    namespace: source.namespace,
    metric: source.metric,
    statistic: source.statistic,
    period: definition.period,
    dimensions: Object.fromEntries(
      Object.entries(source.dimensions).map(([key, value]) => [
        key,
        resolvePlaceholders(value, place),
      ]),
    ),
  })
  const value = query('value', definition.source)
  return definition.per ? [value, query('per', definition.per)] : [value]
}

function ratio(points: readonly MetricPoint[], per: readonly MetricPoint[]): number | undefined {
  const whole = sum(per)
  return whole > 0 ? sum(points) / whole : undefined
}

function combined(statistic: string, points: readonly MetricPoint[]): number | undefined {
  if (points.length === 0) return undefined
  const values = points.map(({ value }) => value)
  if (statistic === 'Sum' || statistic === 'SampleCount') return sum(points)
  if (statistic === 'Minimum') return Math.min(...values)
  if (statistic === 'Maximum') return Math.max(...values)
  return sum(points) / points.length
}

function crossed(definition: CheckOf<'metric'>, value: number): string | undefined {
  if (definition.above !== undefined && value > definition.above) return `above ${definition.above}`
  if (definition.below !== undefined && value < definition.below) return `below ${definition.below}`
  return undefined
}

function sum(points: readonly MetricPoint[]): number {
  return points.reduce((total, { value }) => total + value, 0)
}

function seconds(window: { from: number; to: number }): number {
  return (window.to - window.from) / 1000
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function sourceOf({ source, per }: CheckOf<'metric'>): string {
  const name = `${source.namespace} ${source.metric} ${source.statistic}`
  return per ? `${name} / ${per.metric} ${per.statistic}` : name
}
