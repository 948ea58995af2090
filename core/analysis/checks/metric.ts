import type { CheckOf } from '../../model/definition.ts'
import type { Place } from '../../model/placeholders.ts'
import type { MathQuery, MetricPoint, MetricQuery } from '../../ports.ts'
import { alignedRange } from '../comparison/aligned-windows.ts'
import { type Check, type CheckContext, placeOf, verdict } from './check.ts'
import { inPlace, soundPoints, sum, told } from './metric-data.ts'

/**
 * Is a metric of the candidate on the right side of a threshold?
 *
 * Only whole periods since the step began are looked at, `delay` back from now. With `per`, the value is
 * sum(source) / sum(per), and a source without points is zero as long as `per` has some: CloudWatch has no 5xx
 * point where there was no 5xx. Both missing is no data, which decides nothing. A point that is no number is no data
 * either, and is told: no threshold is above it or below it, so it would pass every one.
 */
export const checkMetric: Check<'metric'> = async (ports, definition, context) => {
  const window = windowOf(definition, context)
  const source = sourceOf(definition)
  if (window.from >= window.to) {
    const reason = `${definition.name}: no whole period of ${definition.period} s since the step began`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, window })
  }
  const place = placeOf(context, context.candidate)
  const { points: read, refused } = soundPoints(
    await ports.metrics.read(queriesOf(definition, place), window),
  )
  const points = read[definition.math ? VALUE_OF_MATH : 'value'] ?? []
  const value = metricValue(definition, points, read.per ?? [])
  const sample = sum(sampleOf(definition, read))
  const numbers = {
    ...(value === undefined ? {} : { value }),
    sample,
    points: points.length,
    ...(refused > 0 ? { refused } : {}),
  }
  const note =
    refused > 0 ? ` (${refused} ${refused === 1 ? 'point' : 'points'} without a number)` : ''
  if (value === undefined) {
    const reason = `${definition.name}: no data in ${seconds(window)} s${note}`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, numbers, window })
  }
  const said = `${definition.name} is ${told(value)} over ${seconds(window)} s (sample ${told(sample)})${note}`
  if (sample < definition.minimumSample) {
    const reason = `${said}: too little traffic, ${definition.minimumSample} needed`
    return verdict(definition, context, {
      kind: 'inconclusive',
      reason,
      source,
      numbers,
      window,
      tooLittle: true,
    })
  }
  const broken = crossed(definition, value)
  return verdict(definition, context, {
    kind: broken ? 'fail' : 'pass',
    reason: broken ? `${said}: ${broken}` : said,
    source,
    numbers,
    window,
  })
}

/** Whole periods since the step began: no point that may still grow, and none that saw another split of the traffic. */
function windowOf(definition: CheckOf<'metric'>, { now, stepStartedAt }: CheckContext) {
  const { period, delay } = definition
  const { from, to } = alignedRange({ from: stepStartedAt, now, period, delay })
  return { from: Math.max(to - definition.window * 1000, from), to }
}

/** A metric of the definition with the same id would be refused by CloudWatch: an error, and no wrong number. */
const VALUE_OF_MATH = 'sluice_value'

function queriesOf(
  { source, per, math, period }: CheckOf<'metric'>,
  place: Place,
): (MetricQuery | MathQuery)[] {
  if (math) {
    const metrics = Object.entries(math.metrics).map(([id, metric]) =>
      inPlace(id, metric, period, place),
    )
    return [...metrics, { id: VALUE_OF_MATH, expression: math.expression, period }]
  }
  return [
    ...(source ? [inPlace('value', source, period, place)] : []),
    ...(per ? [inPlace('per', per, period, place)] : []),
  ]
}

function sampleOf(
  { source, per, math }: CheckOf<'metric'>,
  read: Readonly<Record<string, readonly MetricPoint[]>>,
): readonly MetricPoint[] {
  if (math) return (math.sample === undefined ? undefined : read[math.sample]) ?? []
  if (per) return read.per ?? []
  return (source && read.value) ?? []
}

type Combination = CheckOf<'metric'>['combine']

/** How the points of one statistic become those of a longer period; of the others the average stands in. */
const COMBINATIONS: Readonly<Record<string, Combination>> = {
  Sum: 'sum',
  SampleCount: 'sum',
  Minimum: 'minimum',
  Maximum: 'maximum',
}

function metricValue(
  { source, per, combine }: CheckOf<'metric'>,
  points: readonly MetricPoint[],
  whole: readonly MetricPoint[],
): number | undefined {
  if (per) return sum(whole) > 0 ? sum(points) / sum(whole) : undefined
  return combined(source ? (COMBINATIONS[source.statistic] ?? 'average') : combine, points)
}

function combined(how: Combination, points: readonly MetricPoint[]): number | undefined {
  const values = points.map(({ value }) => value)
  if (values.length === 0) return undefined
  switch (how) {
    case 'sum':
      return sum(points)
    case 'minimum':
      return Math.min(...values)
    case 'maximum':
      return Math.max(...values)
    case 'last':
      return values.at(-1)
    case 'average':
      return sum(points) / values.length
  }
}

function crossed(definition: CheckOf<'metric'>, value: number): string | undefined {
  if (definition.above !== undefined && value > definition.above) return `above ${definition.above}`
  if (definition.below !== undefined && value < definition.below) return `below ${definition.below}`
  return undefined
}

function seconds(window: { from: number; to: number }): number {
  return (window.to - window.from) / 1000
}

function sourceOf({ source, per, math }: CheckOf<'metric'>): string {
  if (!source) return `metric math ${math?.expression}`
  const name = `${source.namespace} ${source.metric} ${source.statistic}`
  return per ? `${name} / ${per.metric} ${per.statistic}` : name
}
