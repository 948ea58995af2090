import type { MetricAlarm, MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../../wire/service.ts'
import { parseMetric, parsePeriod, showDimensions } from './dimensions.ts'
import { getMetricData } from './get-metric-data.ts'
import type { Metric, MetricStore } from './metric-store.ts'
import { statisticOf } from './statistic.ts'

/** What an alarm looks at: one metric, or an expression over several. */
export type Watched =
  | { readonly kind: 'metric'; readonly metric: Metric; readonly statistic: string }
  | { readonly kind: 'expression'; readonly queries: readonly MetricDataQuery[] }

/** As many as an alarm's expression may be over. */
const MOST_METRICS = 10

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

export function parseWatched(input: PutMetricAlarmInput): {
  readonly watched: Watched
  readonly periodSeconds: number
} {
  if (input.Metrics)
    return { watched: parseExpression(input), periodSeconds: longest(input.Metrics) }
  return {
    watched: { kind: 'metric', metric: parseMetric(input), statistic: parseStatistic(input) },
    periodSeconds: parsePeriod(input.Period),
  }
}

function parseStatistic(input: PutMetricAlarmInput): string {
  const given = [input.Statistic, input.ExtendedStatistic].filter((one) => one !== undefined)
  const [statistic] = given
  if (given.length !== 1 || statistic === undefined) {
    throw invalid('Give one of Statistic and ExtendedStatistic')
  }
  statisticOf(statistic)
  return statistic
}

function parseExpression({ Metrics: queries = [], ...input }: PutMetricAlarmInput): Watched {
  if (input.MetricName !== undefined || input.Period !== undefined) {
    throw invalid('Give Metrics, or one metric with its Period, not both')
  }
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false)
  if (returned.length !== 1) {
    throw invalid(`${returned.length} of the Metrics return data: exactly one has to`)
  }
  const metrics = queries.filter(({ MetricStat }) => MetricStat)
  if (metrics.length > MOST_METRICS) {
    throw invalid(`The expression is over ${metrics.length} metrics: at most ${MOST_METRICS}`)
  }
  return { kind: 'expression', queries }
}

function longest(queries: readonly MetricDataQuery[]): number {
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? [])
  return Math.max(...periods.map(parsePeriod))
}

/** Values of whole periods, the newest first; none where there is no data. */
export function valuesOf(
  store: MetricStore,
  watched: Watched,
  window: { readonly from: number; readonly to: number; readonly periodMs: number },
): readonly number[] {
  if (watched.kind === 'metric') {
    const statistic = statisticOf(watched.statistic)
    return store
      .read(watched.metric, window)
      .flatMap(({ aggregate }) => statistic(aggregate) ?? [])
      .reverse()
  }
  const { MetricDataResults } = getMetricData(store)({
    MetricDataQueries: [...watched.queries],
    StartTime: new Date(window.from),
    EndTime: new Date(window.to),
    ScanBy: 'TimestampDescending',
  })
  return MetricDataResults[0]?.Values ?? []
}

/** As DescribeAlarms tells it. */
export function shownWatched(watched: Watched, periodSeconds: number): Partial<MetricAlarm> {
  if (watched.kind === 'expression') return { Metrics: [...watched.queries] }
  const { metric, statistic } = watched
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(isExtended(statistic)
      ? { ExtendedStatistic: statistic }
      : { Statistic: statistic as NonNullable<MetricAlarm['Statistic']> }),
    Dimensions: showDimensions(metric.dimensions),
    Period: periodSeconds,
  }
}

export function isExtended(statistic: string): boolean {
  return /^p|^PR/.test(statistic)
}

/** As the event of a change tells it. */
export function eventMetrics(watched: Watched, periodSeconds: number): readonly object[] {
  if (watched.kind === 'metric') {
    const { metric, statistic } = watched
    return [{ id: 'm1', metricStat: inEvent(metric, periodSeconds, statistic), returnData: true }]
  }
  return watched.queries.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(MetricStat?.Metric
      ? {
          metricStat: inEvent(
            parseMetric(MetricStat.Metric),
            MetricStat.Period ?? periodSeconds,
            MetricStat.Stat ?? '',
          ),
        }
      : {}),
    returnData: ReturnData ?? true,
  }))
}

const inEvent = (metric: Metric, period: number, stat: string): object => ({
  metric: { namespace: metric.namespace, name: metric.name, dimensions: metric.dimensions },
  period,
  stat,
})

/** As the message to a topic tells it. */
export function trigger(watched: Watched, periodSeconds: number): object {
  if (watched.kind === 'expression') return { Period: periodSeconds, Metrics: watched.queries }
  const { metric, statistic } = watched
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    StatisticType: isExtended(statistic) ? 'ExtendedStatistic' : 'Statistic',
    Statistic: statistic.toUpperCase(),
    Unit: null,
    Dimensions: showDimensions(metric.dimensions).map(({ Name, Value }) => ({
      value: Value,
      name: Name,
    })),
    Period: periodSeconds,
  }
}
