import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { ProviderError, TransientError } from '../core/errors.ts'
import type { MathQuery, MetricPoint, MetricQuery, Metrics } from '../core/ports.ts'
import { answered } from './aws-errors.ts'

/** As many as GetMetricData takes at once. */
const QUERIES_AT_ONCE = 500

type Query = MetricQuery | MathQuery

type Window = { readonly from: number; readonly to: number }

export function createCloudWatchMetrics(cloudwatch: CloudWatchClient): Metrics {
  return {
    async read(queries, window) {
      const points: Record<string, readonly MetricPoint[]> = {}
      for (let start = 0; start < queries.length; start += QUERIES_AT_ONCE) {
        const some = queries.slice(start, start + QUERIES_AT_ONCE)
        const read = await readSome(cloudwatch, some, window)
        for (const [index, query] of some.entries()) points[query.id] = read[index] ?? []
      }
      return points
    },
  }
}

/** The points of each query, in the queries' order. */
async function readSome(
  cloudwatch: CloudWatchClient,
  queries: readonly Query[],
  window: Window,
): Promise<MetricPoint[][]> {
  const points: MetricPoint[][] = queries.map(() => [])
  const partial = new Set<number>()
  const asked = [...new Set(queries.map(nameOf))].join(', ')
  const ids = idsOf(queries)
  let token: string | undefined
  do {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries.map((query, index) => inCloudWatch(query, ids[index])),
      StartTime: new Date(window.from),
      EndTime: new Date(window.to),
      ScanBy: 'TimestampAscending',
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const page = await answered('CloudWatch GetMetricData', asked, cloudwatch.send(command))
    for (const result of page.MetricDataResults ?? []) {
      const index = ids.indexOf(result.Id ?? '')
      const query = queries[index]
      if (!query) continue
      refuseFailed(query, result)
      points[index]?.push(...pointsOf(result))
      if (result.StatusCode === 'PartialData') partial.add(index)
      else partial.delete(index)
    }
    token = page.NextToken
  } while (token)
  refusePartial(queries, partial)
  // CloudWatch rounds the start down to its own granularity, so points from before the window may come along.
  return points.map((list) =>
    list.filter(({ at }) => at >= window.from && at < window.to).sort((a, b) => a.at - b.at),
  )
}

/**
 * By position: CloudWatch's ids are narrower (`^[a-z][a-zA-Z0-9_]*$`) than the queries' own. Where an expression names
 * the others they keep theirs, which are as narrow then.
 */
function idsOf(queries: readonly Query[]): string[] {
  const named = queries.some((query) => 'expression' in query)
  return queries.map(({ id }, index) => (named ? id : `q${index}`))
}

function nameOf(query: Query): string {
  return 'expression' in query ? query.expression : query.metric
}

function inCloudWatch(query: Query, Id: string | undefined): MetricDataQuery {
  if ('expression' in query) {
    return { Id, Expression: query.expression, Period: query.period, ReturnData: true }
  }
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: query.namespace,
        MetricName: query.metric,
        Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: query.period,
      Stat: query.statistic,
    },
    ReturnData: true,
  }
}

function toldQuery(query: Query): string {
  if ('expression' in query) return query.expression
  return `${query.namespace} ${query.metric} ${query.statistic}`
}

function pointsOf(result: MetricDataResult): MetricPoint[] {
  const values = result.Values ?? []
  return (result.Timestamps ?? []).flatMap((timestamp, index) => {
    const value = values[index]
    return value === undefined ? [] : [{ at: timestamp.getTime(), value }]
  })
}

/** A query that failed must not look like one without data. */
function refuseFailed(query: Query, result: MetricDataResult) {
  const what = `CloudWatch GetMetricData of ${toldQuery(query)}`
  const said = (result.Messages ?? []).map((message) => message.Value).join('; ')
  if (result.StatusCode === 'InternalError') {
    throw new TransientError(`${what} failed inside CloudWatch${said && `: ${said}`}`)
  }
  if (result.StatusCode === 'Forbidden') {
    throw new ProviderError(
      `${what} is forbidden${said && `: ${said}`}; allow cloudwatch:GetMetricData`,
    )
  }
}

function refusePartial(queries: readonly Query[], partial: ReadonlySet<number>) {
  const [first] = partial
  const query = first === undefined ? undefined : queries[first]
  if (query) {
    throw new TransientError(
      `CloudWatch GetMetricData of ${toldQuery(query)} ended with partial data`,
    )
  }
}
