import * as sdk from '@aws-sdk/client-cloudwatch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCloudWatch } from '../../../local/services/cloudwatch/index.ts'
import { openTransport } from '../../fixtures/wire-transports.ts'

const MINUTE = 60_000

describe('metric math', () => {
  const cloudwatch = createCloudWatch()
  const from = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.CloudWatchClient

  beforeAll(async () => {
    opened = await openTransport('in process', [cloudwatch])
    client = new sdk.CloudWatchClient(opened.config)
    for (const [minute, value] of [4, 0, 10].entries()) {
      cloudwatch.record('Shop', 'requests', {}, value, from + minute * MINUTE)
    }
    cloudwatch.record('Shop', 'errors', {}, 1, from)
  })
  afterAll(async () => {
    cloudwatch.close()
    await opened.close()
  })

  const metric = (Id: string, MetricName: string): sdk.MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  })

  /** Values by the minute, of a window of three. */
  async function calculated(...expressions: string[]) {
    const { MetricDataResults } = await client.send(
      new sdk.GetMetricDataCommand({
        StartTime: new Date(from),
        EndTime: new Date(from + 3 * MINUTE),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          metric('requests', 'requests'),
          metric('errors', 'errors'),
          ...expressions.map((Expression, index) => ({
            Id: `e${index}`,
            Expression,
            ReturnData: index === expressions.length - 1,
          })),
        ],
      }),
    )
    const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults ?? []
    return Object.fromEntries(
      Timestamps.map((at, index) => [(at.getTime() - from) / MINUTE, Values[index]]),
    )
  }

  it.each<[string, Record<number, number>]>([
    ['requests * 2 + 1', { 0: 9, 1: 1, 2: 21 }],
    ['SUM([requests, errors])', { 0: 5, 1: 0, 2: 10 }],
    ['MAX([errors, requests / 2])', { 0: 2, 1: 0, 2: 5 }],
    ['2 + 3 * 2 ^ 2', { 0: 14, 1: 14, 2: 14 }],
    ['-(requests - 4) / 2', { 0: 0, 1: 2, 2: -3 }],
    ['10 - 4 - 3', { 0: 3, 1: 3, 2: 3 }],
    // No point where one of the two has none, and none where the division has no result.
    ['errors / requests', { 0: 0.25 }],
    ['FILL(errors, 0) / requests', { 0: 0.25, 2: 0 }],
    ['FILL(errors, REPEAT)', { 0: 1, 1: 1, 2: 1 }],
    ['IF(requests > 5, requests, -1)', { 0: -1, 1: -1, 2: 10 }],
    ['SUM(requests)', { 0: 14, 1: 14, 2: 14 }],
    ['requests / MAX(requests)', { 0: 0.4, 1: 0, 2: 1 }],
    ['ABS(requests - 10) >= 6 && requests < 1', { 0: 0, 1: 1, 2: 0 }],
  ])('%s', async (expression, expected) => {
    expect(await calculated(expression)).toEqual(expected)
  })

  it('goes through other expressions', async () => {
    expect(await calculated('FILL(errors, 0)', 'requests - e0')).toEqual({ 0: 3, 1: 0, 2: 10 })
  })

  it.each([
    ['requests +', 'Error in expression "requests +": "(" is missing'],
    ['requests requests', 'Error in expression "requests requests": "requests" is one too many'],
    ['nothing / 2', 'The expression names nothing, which no query is'],
    ['requests ? 1', 'local AWS cannot read the expression "requests ? 1" from " ? 1" on'],
    ['SEARCH(requests, 2)', 'local AWS does not have SEARCH with 2 of these'],
    ['e0 + 1', 'The expression names e0, which no query is'],
  ])('%s is refused', async (expression, message) => {
    await expect(calculated(expression)).rejects.toThrow(message)
  })
})
