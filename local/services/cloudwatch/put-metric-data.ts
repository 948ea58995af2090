import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../../wire/service.ts'
import { type Aggregate, aggregateOf, merge } from './aggregate.ts'
import { parseDimensions } from './dimensions.ts'
import type { MetricStore } from './metric-store.ts'

const MAX_DATA = 1_000
const MAX_VALUES = 150
const FUTURE_MS = 2 * 3_600_000

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message)

const number = (name: string, value: number): number => {
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 2 ** 360)
    return value
  throw invalid(`${name} is ${value}: give a number from -2^360 to 2^360`)
}

const fromValues = (
  values: readonly number[],
  counts: readonly number[] | undefined,
): Aggregate => {
  if (values.length === 0 || values.length > MAX_VALUES) {
    throw invalid(`Values has ${values.length} members: give 1 to ${MAX_VALUES}`)
  }
  if (counts && counts.length !== values.length) {
    throw invalid(`Counts has ${counts.length} members and Values ${values.length}: give as many`)
  }
  return merge(
    values.map((value, at) => {
      const count = number('Counts', counts?.[at] ?? 1)
      if (count <= 0) throw invalid(`Counts has ${count}: give numbers above 0`)
      return aggregateOf(number('Values', value), count)
    }),
  )
}

const aggregateIn = (datum: MetricDatum): Aggregate => {
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter(
    (one) => one !== undefined,
  )
  if (given.length !== 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      `${datum.MetricName} has ${given.length} of Value, Values and StatisticValues: give one`,
    )
  }
  if (datum.Values) return fromValues(datum.Values, datum.Counts)
  if (datum.Value !== undefined) return aggregateOf(number('Value', datum.Value))
  const summary = datum.StatisticValues
  const count = number('SampleCount', summary?.SampleCount ?? 0)
  if (count <= 0) throw invalid(`SampleCount is ${count}: give a number above 0`)
  return {
    count,
    sum: number('Sum', summary?.Sum ?? 0),
    minimum: number('Minimum', summary?.Minimum ?? 0),
    maximum: number('Maximum', summary?.Maximum ?? 0),
    values: undefined,
  }
}

const timeOf = (datum: MetricDatum, store: MetricStore): number => {
  const now = Date.now()
  const at = datum.Timestamp?.getTime() ?? now
  if (at >= now - store.retentionMs && at <= now + FUTURE_MS) return at
  throw invalid(
    `The Timestamp ${datum.Timestamp?.toISOString()} of ${datum.MetricName} is more than ${store.retentionMs / 3_600_000} h old, which local AWS does not keep, or more than 2 h ahead`,
  )
}

/** The whole request is checked before any of it is stored. */
export const putMetricData = (store: MetricStore) => (input: PutMetricDataInput) => {
  const namespace = input.Namespace ?? ''
  if (namespace === '' || namespace.startsWith('AWS/')) {
    throw invalid(`The value ${namespace} for parameter Namespace is invalid: AWS/ is AWS's own`)
  }
  const data = input.MetricData ?? []
  if (data.length > MAX_DATA)
    throw invalid(`MetricData has ${data.length} members: give ${MAX_DATA}`)
  const parsed = data.map((datum) => ({
    metric: {
      namespace,
      name: datum.MetricName ?? '',
      dimensions: parseDimensions(datum.Dimensions),
    },
    at: timeOf(datum, store),
    aggregate: aggregateIn(datum),
  }))
  for (const { metric, at, aggregate } of parsed) store.add(metric, at, aggregate)
  return {}
}
