import type { ListMetricsInput } from '@aws-sdk/client-cloudwatch'
import { pageOf } from '../../wire/page.ts'
import { showDimensions } from './dimensions.ts'
import type { Metric, MetricStore } from './metric-store.ts'

const PAGE = 500

const fits = (metric: Metric, input: ListMetricsInput): boolean =>
  (input.Namespace === undefined || metric.namespace === input.Namespace) &&
  (input.MetricName === undefined || metric.name === input.MetricName) &&
  (input.Dimensions ?? []).every(
    ({ Name = '', Value }) =>
      Object.hasOwn(metric.dimensions, Name) &&
      (Value === undefined || metric.dimensions[Name] === Value),
  )

export const listMetrics = (store: MetricStore) => (input: ListMetricsInput) => {
  const page = pageOf(
    store.list().filter((metric) => fits(metric, input)),
    (metric) => JSON.stringify(metric),
    { marker: input.NextToken, size: PAGE, badMarker: 'InvalidNextToken' },
  )
  return {
    Metrics: page.items.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: showDimensions(metric.dimensions),
    })),
    ...(page.next !== undefined && { NextToken: page.next }),
  }
}
