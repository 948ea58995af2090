import type {
  GetMetricDataInput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../../wire/service.ts'
import { parseMetric, parsePeriod } from './dimensions.ts'
import { evaluate, parseExpression } from './math/index.ts'
import type { MetricStore } from './metric-store.ts'
import { statisticOf } from './statistic.ts'

const MAX_QUERIES = 500
const MAX_DATAPOINTS = 100_800

interface Found {
  readonly id: string
  readonly label: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

/** CloudWatch rounds the start down to a whole minute, or to the period where that is finer. */
const roundedStart = (start: Date, periodMs: number): number => {
  const grain = Math.min(periodMs, 60_000)
  return Math.floor(start.getTime() / grain) * grain
}

const idOf = ({ Id: id = '' }: MetricDataQuery): string => {
  if (/^[a-z][A-Za-z0-9_]{0,254}$/.test(id)) return id
  throw invalid(
    `The Id '${id}' does not begin with a small letter, or has more than letters, digits and _`,
  )
}

const find = (store: MetricStore, query: MetricDataQuery, from: Date, to: Date): Found => {
  const id = idOf(query)
  const stat = query.MetricStat
  if (!stat?.Metric) throw invalid(`The query ${id} has no MetricStat`)
  const periodMs = parsePeriod(stat.Period) * 1_000
  const statistic = statisticOf(stat.Stat ?? '')
  const points = store
    .read(parseMetric(stat.Metric), {
      from: roundedStart(from, periodMs),
      to: to.getTime(),
      periodMs,
    })
    .flatMap(({ at, aggregate }) => {
      const value = statistic(aggregate)
      return value === undefined ? [] : [{ at, value }]
    })
  return { id, label: query.Label ?? stat.Metric.MetricName ?? id, points }
}

/** The value of an expression over the other queries, which may be expressions as well. */
const calculate = (
  query: MetricDataQuery,
  queries: readonly MetricDataQuery[],
  found: (query: MetricDataQuery) => Found,
  [from, to]: readonly [Date, Date],
): Found => {
  const id = idOf(query)
  const periodMs = parsePeriod(query.Period ?? longestPeriod(queries)) * 1_000
  let all: readonly number[] | undefined
  const periods = () => {
    all ??= periodsOf(id, [from, to], periodMs)
    return all
  }
  const value = evaluate(parseExpression(query.Expression ?? ''), {
    // Few expressions ask for them, and a window from the beginning of time has many.
    get periods() {
      return periods()
    },
    seriesOf(name) {
      const other = queries.find((one) => one.Id === name && one !== query)
      return other && new Map(found(other).points.map(({ at, value }) => [at, value]))
    },
  })
  const points =
    typeof value === 'number'
      ? periods().map((at) => ({ at, value }))
      : [...value].map(([at, each]) => ({ at, value: each }))
  return { id, label: query.Label ?? id, points: points.sort((a, b) => a.at - b.at) }
}

const periodsOf = (
  id: string,
  [from, to]: readonly [Date, Date],
  periodMs: number,
): readonly number[] => {
  const first = Math.floor(roundedStart(from, periodMs) / periodMs) * periodMs
  const count = Math.ceil((to.getTime() - first) / periodMs)
  if (count <= MAX_DATAPOINTS) return Array.from({ length: count }, (_, n) => first + n * periodMs)
  throw invalid(
    `The expression ${id} has ${count} periods from StartTime to EndTime: local AWS calculates at most ${MAX_DATAPOINTS}`,
  )
}

const longestPeriod = (queries: readonly MetricDataQuery[]): number =>
  Math.max(60, ...queries.map(({ MetricStat }) => MetricStat?.Period ?? 0))

/** Each query once, whether it is asked for by itself or by expressions. */
const finder = (
  store: MetricStore,
  queries: readonly MetricDataQuery[],
  window: readonly [Date, Date],
) => {
  const known = new Map<MetricDataQuery, Found | 'under way'>()
  const found = (query: MetricDataQuery): Found => {
    const before = known.get(query)
    if (before === 'under way') throw invalid(`The expression ${query.Id} depends on itself`)
    if (before) return before
    known.set(query, 'under way')
    if ((query.Expression === undefined) === (query.MetricStat === undefined)) {
      throw invalid(`The query ${query.Id} needs either MetricStat or Expression`)
    }
    const result =
      query.Expression === undefined
        ? find(store, query, ...window)
        : calculate(query, queries, found, window)
    known.set(query, result)
    return result
  }
  return found
}

/** Points before the token's place were given by earlier pages, counted over all results in order. */
const pageOf = (found: readonly Found[], skip: number, size: number): MetricDataResult[] => {
  let before = 0
  return found.map(({ id, label, points }) => {
    const start = Math.min(Math.max(skip - before, 0), points.length)
    const end = Math.min(Math.max(skip + size - before, 0), points.length)
    before += points.length
    const given = points.slice(start, end)
    return {
      Id: id,
      Label: label,
      Timestamps: given.map(({ at }) => new Date(at)),
      Values: given.map(({ value }) => value),
      StatusCode: end < points.length ? 'PartialData' : 'Complete',
    }
  })
}

const parseToken = (token: string | undefined): number => {
  if (token === undefined) return 0
  if (/^\d+$/.test(token)) return Number(token)
  throw new AwsError('InvalidNextToken', `"${token}" is no token of a further page`)
}

export const getMetricData = (store: MetricStore) => (input: GetMetricDataInput) => {
  const queries = input.MetricDataQueries ?? []
  const [from, to] = [input.StartTime ?? new Date(0), input.EndTime ?? new Date()]
  if (from >= to) {
    throw invalid(`StartTime ${from.toISOString()} is not before EndTime ${to.toISOString()}`)
  }
  if (queries.length === 0 || queries.length > MAX_QUERIES) {
    throw invalid(`MetricDataQueries has ${queries.length} members: give 1 to ${MAX_QUERIES}`)
  }
  if (new Set(queries.map((query) => query.Id)).size !== queries.length) {
    throw invalid('Two MetricDataQueries have the same Id')
  }
  const size = input.MaxDatapoints ?? MAX_DATAPOINTS
  if (!Number.isInteger(size) || size < 1 || size > MAX_DATAPOINTS) {
    throw invalid(`MaxDatapoints is ${size}: give an integer from 1 to ${MAX_DATAPOINTS}`)
  }
  const ascending = input.ScanBy === 'TimestampAscending'
  const resultOf = finder(store, queries, [from, to])
  const found = queries
    .map((query) => ({ query, result: resultOf(query) }))
    .filter(({ query }) => query.ReturnData !== false)
    .map(({ result }) => (ascending ? result : { ...result, points: result.points.toReversed() }))
  const skip = parseToken(input.NextToken)
  const total = found.reduce((sum, { points }) => sum + points.length, 0)
  return {
    MetricDataResults: pageOf(found, skip, size),
    Messages: [],
    ...(skip + size < total && { NextToken: String(skip + size) }),
  }
}
