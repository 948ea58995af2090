import type { Dimension, Metric as MetricGiven } from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../../wire/service.ts'
import type { Metric } from './metric-store.ts'

const MAX_DIMENSIONS = 30

export const parseDimensions = (
  given: readonly Dimension[] | undefined,
): Readonly<Record<string, string>> => {
  const dimensions: Record<string, string> = {}
  for (const { Name = '', Value = '' } of given ?? []) {
    if (Name === '' || Value === '') {
      throw new AwsError('InvalidParameterValue', 'A dimension has an empty Name or Value')
    }
    if (Object.hasOwn(dimensions, Name)) {
      throw new AwsError('InvalidParameterValue', `The dimension ${Name} is given twice`)
    }
    dimensions[Name] = Value
  }
  if (Object.keys(dimensions).length > MAX_DIMENSIONS) {
    throw new AwsError('InvalidParameterValue', `More than ${MAX_DIMENSIONS} dimensions are given`)
  }
  return dimensions
}

export const showDimensions = (dimensions: Metric['dimensions']): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))

export const parseMetric = (given: MetricGiven): Metric => {
  if (!given.Namespace || !given.MetricName) {
    throw new AwsError('ValidationError', 'A metric needs Namespace and MetricName')
  }
  return {
    namespace: given.Namespace,
    name: given.MetricName,
    dimensions: parseDimensions(given.Dimensions),
  }
}

/** Seconds: 1, 5, 10, 20, 30 or any multiple of 60. */
export const parsePeriod = (seconds: number | undefined): number => {
  const fine = [1, 5, 10, 20, 30].includes(seconds ?? 0)
  if (seconds !== undefined && (fine || (seconds > 0 && seconds % 60 === 0))) return seconds
  throw new AwsError(
    'ValidationError',
    `Period is ${seconds}: give 1, 5, 10, 20, 30 or a multiple of 60 seconds`,
  )
}
