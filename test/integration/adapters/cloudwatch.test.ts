import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { createCloudWatchAlarms } from '../../../adapters/cloudwatch-alarms.ts'
import { createCloudWatchMetrics } from '../../../adapters/cloudwatch-metrics.ts'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const MINUTE = 60_000
const query = (id: string) => ({
  id,
  namespace: 'AWS/ApplicationELB',
  metric: 'RequestCount',
  dimensions: { LoadBalancer: 'app/main/1', TargetGroup: 'targetgroup/green/2' },
  statistic: 'Sum',
  period: 60,
})

function metricsOver(
  answer: (input: cloudwatch.GetMetricDataInput, call: number) => cloudwatch.GetMetricDataOutput,
) {
  const service = scriptedService('cloudwatch', cloudwatch, { GetMetricData: answer })
  const client = new cloudwatch.CloudWatchClient(service.config)
  return { metrics: createCloudWatchMetrics(client), inputs: service.inputs }
}

test('points come back under the query’s own id, oldest first, within the window', async () => {
  const at = (minute: number) => new Date(minute * MINUTE)
  const { metrics, inputs } = metricsOver((input) => ({
    MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id }) => ({
      Id,
      StatusCode: 'Complete',
      Timestamps: [at(12), at(9), at(10), at(15)],
      Values: [12, 9, 10, 15],
    })),
  }))

  const read = await metrics.read([query('check-1.source'), query('Zähler')], {
    from: 10 * MINUTE,
    to: 15 * MINUTE,
  })

  const expected = [
    { at: 10 * MINUTE, value: 10 },
    { at: 12 * MINUTE, value: 12 },
  ]
  expect(read).toEqual({ 'check-1.source': expected, Zähler: expected })
  expect(inputs).toMatchObject([
    {
      input: {
        StartTime: at(10),
        EndTime: at(15),
        MetricDataQueries: [
          {
            Id: 'q0',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/ApplicationELB',
                MetricName: 'RequestCount',
                Dimensions: [
                  { Name: 'LoadBalancer', Value: 'app/main/1' },
                  { Name: 'TargetGroup', Value: 'targetgroup/green/2' },
                ],
              },
              Period: 60,
              Stat: 'Sum',
            },
          },
          { Id: 'q1' },
        ],
      },
    },
  ])
})

test('a query without data has no points, and no query asks nothing', async () => {
  const { metrics, inputs } = metricsOver(() => ({ MetricDataResults: [] }))
  expect(await metrics.read([], { from: 0, to: 1 })).toEqual({})
  expect(inputs).toEqual([])
  expect(await metrics.read([query('a')], { from: 0, to: 1 })).toEqual({ a: [] })
})

test('pages are put together, a partial one with the rest of it', async () => {
  const { metrics, inputs } = metricsOver((_, call) => ({
    NextToken: call < 2 ? `token-${call + 1}` : undefined,
    MetricDataResults: [
      {
        Id: 'q0',
        StatusCode: call < 2 ? 'PartialData' : 'Complete',
        Timestamps: [new Date(call * MINUTE)],
        Values: [call],
      },
    ],
  }))
  const read = await metrics.read([query('a')], { from: 0, to: 10 * MINUTE })
  expect(read.a?.map((point) => point.value)).toEqual([0, 1, 2])
  expect(inputs.map(({ input }) => (input as cloudwatch.GetMetricDataInput).NextToken)).toEqual([
    undefined,
    'token-1',
    'token-2',
  ])
})

test('more queries than one request takes go in several', async () => {
  const { metrics, inputs } = metricsOver((input) => ({
    MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id }) => ({
      Id,
      Timestamps: [new Date(0)],
      Values: [Number(Id?.slice(1))],
    })),
  }))
  const queries = Array.from({ length: 1_001 }, (_, index) => query(`check-${index}`))
  const read = await metrics.read(queries, { from: 0, to: MINUTE })
  expect(inputs).toHaveLength(3)
  expect(read['check-499']).toEqual([{ at: 0, value: 499 }])
  expect(read['check-500']).toEqual([{ at: 0, value: 0 }])
  expect(read['check-1000']).toEqual([{ at: 0, value: 0 }])
})

test.each([
  ['InternalError', TransientError, 'failed inside CloudWatch: oh: dear'],
  ['Forbidden', ProviderError, 'is forbidden: oh: dear; allow cloudwatch:GetMetricData'],
  ['PartialData', TransientError, 'ended with partial data'],
] as const)('%s is an error, not missing data', async (StatusCode, type, message) => {
  const { metrics } = metricsOver(() => ({
    MetricDataResults: [
      { Id: 'q0', StatusCode, Messages: [{ Code: 'x', Value: 'oh: dear' }], Values: [] },
    ],
  }))
  const read = metrics.read([query('a')], { from: 0, to: 1 })
  await expect(read).rejects.toThrow(type)
  await expect(read).rejects.toThrow(message)
})

function alarmsOver(
  answer: (input: cloudwatch.DescribeAlarmsInput, call: number) => cloudwatch.DescribeAlarmsOutput,
) {
  const service = scriptedService('cloudwatch', cloudwatch, { DescribeAlarms: answer })
  const client = new cloudwatch.CloudWatchClient(service.config)
  return { alarms: createCloudWatchAlarms(client), inputs: service.inputs }
}

test('metric and composite alarms are described, unknown ones are absent', async () => {
  const { alarms, inputs } = alarmsOver(() => ({
    MetricAlarms: [
      {
        AlarmName: 'errors',
        StateValue: 'ALARM',
        StateReason: 'threshold crossed',
        StateUpdatedTimestamp: new Date(2_000),
        StateTransitionedTimestamp: new Date(1_000),
      },
    ],
    CompositeAlarms: [
      { AlarmName: 'all', StateValue: 'OK', StateUpdatedTimestamp: new Date(3_000) },
    ],
  }))

  expect(await alarms.describe(['errors', 'all', 'gone', 'errors'])).toEqual([
    { name: 'errors', state: 'ALARM', reason: 'threshold crossed', since: 1_000 },
    { name: 'all', state: 'OK', reason: '', since: 3_000 },
  ])
  expect(inputs).toMatchObject([
    {
      input: {
        AlarmNames: ['errors', 'all', 'gone'],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      },
    },
  ])
})

test('all of many alarms are described, page by page', async () => {
  const { alarms, inputs } = alarmsOver((input) => {
    const names = input.AlarmNames ?? []
    const from = Number(input.NextToken ?? 0)
    const page = names.slice(from, from + 60)
    return {
      MetricAlarms: page.map((AlarmName) => ({ AlarmName, StateValue: 'OK' })),
      NextToken: from + 60 < names.length ? String(from + 60) : undefined,
    }
  })
  const names = Array.from({ length: 130 }, (_, index) => `alarm-${index}`)
  const views = await alarms.describe(names)
  expect(views.map((view) => view.name)).toEqual(names)
  expect(inputs).toHaveLength(3)
  expect(await alarms.describe([])).toEqual([])
  expect(inputs).toHaveLength(3)
})

test('metric math is asked for by the queries’ own ids, and read back', async () => {
  const { metrics, inputs } = metricsOver(() => ({
    MetricDataResults: [
      { Id: 'requests', Timestamps: [new Date(0)], Values: [4], StatusCode: 'Complete' },
      { Id: 'rate', Timestamps: [new Date(0)], Values: [0.25], StatusCode: 'Complete' },
    ],
  }))
  const math = { id: 'rate', expression: 'FILL(errors, 0) / requests', period: 60 }
  const queries = [query('errors'), query('requests'), math]
  const read = await metrics.read(queries, { from: 0, to: MINUTE })
  expect(read).toEqual({
    errors: [],
    requests: [{ at: 0, value: 4 }],
    rate: [{ at: 0, value: 0.25 }],
  })
  expect(inputs[0]?.input).toMatchObject({
    MetricDataQueries: [
      { Id: 'errors' },
      { Id: 'requests' },
      { Id: 'rate', Expression: 'FILL(errors, 0) / requests', Period: 60, ReturnData: true },
    ],
  })
})
