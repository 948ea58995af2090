import * as sdk from '@aws-sdk/client-cloudwatch'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AlarmEvent } from '../../../local/services/cloudwatch/alarm-event.ts'
import { createCloudWatch } from '../../../local/services/cloudwatch/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const query = (
  Stat: string,
  Period: number,
  Dimensions: sdk.Dimension[] = [],
  Id = 'q',
): sdk.MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'orders', Dimensions }, Period, Stat },
})

const alarmInput: sdk.PutMetricAlarmInput = {
  AlarmName: 'too-many',
  Namespace: 'Shop',
  MetricName: 'orders',
  Statistic: 'Sum',
  Period: 10,
  EvaluationPeriods: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
}

describe.each(transports)('CloudWatch %s', (transport) => {
  const events: AlarmEvent[] = []
  const cloudwatch = createCloudWatch({ publish: (event) => events.push(event) })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.CloudWatchClient
  const minute = Math.floor(Date.now() / 60_000) * 60_000 - 120_000

  beforeAll(async () => {
    opened = await openTransport(transport, [cloudwatch])
    client = new sdk.CloudWatchClient(opened.config)
  })
  afterAll(async () => {
    cloudwatch.close()
    await opened.close()
  })

  /** One a served operation, in the order in which they can be called. */
  const calls: Record<string, () => Promise<void>> = {
    PutMetricData: async () => {
      await client.send(
        new sdk.PutMetricDataCommand({
          Namespace: 'Shop',
          MetricData: [
            { MetricName: 'orders', Timestamp: new Date(minute), Value: 3 },
            {
              MetricName: 'orders',
              Timestamp: new Date(minute + 30_000),
              Values: [1, 5],
              Counts: [2, 1],
            },
            {
              MetricName: 'orders',
              Dimensions: [{ Name: 'slot', Value: 'green' }],
              StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 },
            },
          ],
        }),
      )
      await expect(
        client.send(
          new sdk.PutMetricDataCommand({
            Namespace: 'AWS/ApplicationELB',
            MetricData: [{ MetricName: 'x', Value: 1 }],
          }),
        ),
      ).rejects.toThrow(sdk.InvalidParameterValueException)
    },
    GetMetricData: async () => {
      const { MetricDataResults } = await client.send(
        new sdk.GetMetricDataCommand({
          StartTime: new Date(minute),
          EndTime: new Date(minute + 60_000),
          MetricDataQueries: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50'].map(
            (stat, at) => query(stat, 60, [], `q${at}`),
          ),
        }),
      )
      expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([
        [10],
        [2.5],
        [1],
        [5],
        [4],
        [1],
      ])
      expect(MetricDataResults?.[0]).toMatchObject({
        Id: 'q0',
        Timestamps: [new Date(minute)],
        StatusCode: 'Complete',
      })
    },
    ListMetrics: async () => {
      const all = await client.send(new sdk.ListMetricsCommand({ Namespace: 'Shop' }))
      expect(all.Metrics).toHaveLength(2)
      const green = await client.send(
        new sdk.ListMetricsCommand({ Dimensions: [{ Name: 'slot', Value: 'green' }] }),
      )
      expect(green.Metrics).toEqual([
        {
          Namespace: 'Shop',
          MetricName: 'orders',
          Dimensions: [{ Name: 'slot', Value: 'green' }],
        },
      ])
    },
    PutMetricAlarm: async () => {
      await client.send(new sdk.PutMetricAlarmCommand(alarmInput))
    },
    DescribeAlarms: async () => {
      const { MetricAlarms } = await client.send(
        new sdk.DescribeAlarmsCommand({ AlarmNames: ['too-many', 'unknown'] }),
      )
      expect(MetricAlarms).toMatchObject([{ ...alarmInput, StateValue: 'INSUFFICIENT_DATA' }])
      expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date)
    },
    SetAlarmState: async () => {
      const set = (AlarmName: string) =>
        client.send(
          new sdk.SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a test' }),
        )
      await set('too-many')
      await set('too-many')
      expect(events).toMatchObject([
        {
          source: 'aws.cloudwatch',
          detailType: 'CloudWatch Alarm State Change',
          detail: {
            alarmName: 'too-many',
            state: { value: 'ALARM', reason: 'a test' },
            previousState: { value: 'INSUFFICIENT_DATA' },
          },
        },
      ])
      await expect(set('unknown')).rejects.toMatchObject({
        name: 'ResourceNotFound',
        message: 'There is no alarm named unknown',
      })
    },
    DeleteAlarms: async () => {
      await client.send(new sdk.DeleteAlarmsCommand({ AlarmNames: ['too-many', 'unknown'] }))
      const { MetricAlarms } = await client.send(new sdk.DescribeAlarmsCommand({}))
      expect(MetricAlarms).toEqual([])
    },
  }

  test('has a call below for every operation that it serves', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(cloudwatch.operations).sort())
  })

  test.each(Object.keys(calls))('%s', async (operation) => {
    await calls[operation]?.()
    expect(opened.called).toContain(`cloudwatch:${operation}`)
  })

  test('takes a request so large that the client compresses it', async () => {
    const MetricData = Array.from({ length: 1_000 }, (_, at) => ({
      MetricName: 'many',
      Dimensions: [{ Name: 'number', Value: `a rather long value of a dimension ${at}` }],
      Value: at,
    }))
    await client.send(new sdk.PutMetricDataCommand({ Namespace: 'Bulk', MetricData }))
    const names = new Set<string>()
    let NextToken: string | undefined
    do {
      const page: sdk.ListMetricsCommandOutput = await client.send(
        new sdk.ListMetricsCommand({ Namespace: 'Bulk', NextToken }),
      )
      for (const metric of page.Metrics ?? []) names.add(metric.Dimensions?.[0]?.Value ?? '')
      NextToken = page.NextToken
    } while (NextToken)
    expect(names.size).toBe(1_000)
  })
})

const openInProcess = async (options: Parameters<typeof createCloudWatch>[0] = {}) => {
  const cloudwatch = createCloudWatch(options)
  const { config } = await openTransport('in process', [cloudwatch])
  return { cloudwatch, client: new sdk.CloudWatchClient(config) }
}

describe('metric data', () => {
  const minute = () => Math.floor(Date.now() / 60_000) * 60_000

  test('sums to what a plain model sums to, for any period and window', async () => {
    const samples = fc.array(
      fc.record({
        // Tenths of seconds, so that points fall on and between the bounds of periods.
        back: fc.integer({ min: 0, max: 3_000 }),
        value: fc.integer({ min: -50, max: 1_000 }),
      }),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.constantFrom(1, 5, 10, 20, 30, 60, 120),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        async (given, period, startBack, length) => {
          const { cloudwatch, client } = await openInProcess()
          const end = minute()
          const at = (sample: { back: number }) => end - sample.back * 100
          for (const sample of given)
            cloudwatch.record('Shop', 'orders', {}, sample.value, at(sample))
          const start = end - startBack * 1_000
          const stop = Math.min(start + (length + 1) * 1_000, end)
          const { MetricDataResults } = await client.send(
            new sdk.GetMetricDataCommand({
              StartTime: new Date(start),
              EndTime: new Date(stop),
              ScanBy: 'TimestampAscending',
              MetricDataQueries: [query('Sum', period), query('SampleCount', period, [], 'n')],
            }),
          )
          const sums = new Map<number, { sum: number; count: number }>()
          const width = period * 1_000
          const grain = Math.min(width, 60_000)
          for (const sample of given) {
            const slot = Math.floor(at(sample) / width) * width
            if (slot < Math.floor(start / grain) * grain || slot >= stop) continue
            const { sum, count } = sums.get(slot) ?? { sum: 0, count: 0 }
            sums.set(slot, { sum: sum + sample.value, count: count + 1 })
          }
          const slots = [...sums.keys()].sort((a, b) => a - b)
          const [summed, counted] = MetricDataResults ?? []
          expect(summed?.Timestamps?.map(Number) ?? []).toEqual(slots)
          expect(summed?.Values ?? []).toEqual(slots.map((slot) => sums.get(slot)?.sum))
          expect(counted?.Values ?? []).toEqual(slots.map((slot) => sums.get(slot)?.count))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('leaves out a period that began before the minute of the start', async () => {
    const { cloudwatch, client } = await openInProcess()
    const period = 300_000
    const begin = Math.floor(Date.now() / period) * period - 2 * period
    cloudwatch.record('Shop', 'orders', {}, 1, begin + 200_000)
    cloudwatch.record('Shop', 'orders', {}, 2, begin + period)
    const ask = async (start: number) => {
      const { MetricDataResults } = await client.send(
        new sdk.GetMetricDataCommand({
          StartTime: new Date(start),
          EndTime: new Date(begin + 2 * period),
          MetricDataQueries: [query('Sum', 300)],
        }),
      )
      return MetricDataResults?.[0]?.Values
    }
    expect(await ask(begin + 59_999)).toEqual([2, 1])
    expect(await ask(begin + 60_000)).toEqual([2])
  })

  test('comes newest first unless asked otherwise, and in pages', async () => {
    const { cloudwatch, client } = await openInProcess()
    const from = minute() - 600_000
    for (let at = 0; at < 5; at += 1)
      cloudwatch.record('Shop', 'orders', {}, at, from + at * 60_000)
    const ask = (input: Partial<sdk.GetMetricDataInput>) =>
      client.send(
        new sdk.GetMetricDataCommand({
          StartTime: new Date(from),
          EndTime: new Date(from + 600_000),
          MetricDataQueries: [query('Sum', 60)],
          ...input,
        }),
      )
    expect((await ask({})).MetricDataResults?.[0]?.Values).toEqual([4, 3, 2, 1, 0])
    const values: number[] = []
    let NextToken: string | undefined
    do {
      const page: sdk.GetMetricDataOutput = await ask({
        MaxDatapoints: 2,
        ScanBy: 'TimestampAscending',
        NextToken,
      })
      values.push(...(page.MetricDataResults?.[0]?.Values ?? []))
      expect(page.MetricDataResults?.[0]?.StatusCode).toBe(
        page.NextToken ? 'PartialData' : 'Complete',
      )
      NextToken = page.NextToken
    } while (NextToken)
    expect(values).toEqual([0, 1, 2, 3, 4])
  })

  test('gives percentiles and ranks of what was recorded', async () => {
    const { cloudwatch, client } = await openInProcess()
    const at = minute() - 60_000
    for (let value = 1; value <= 100; value += 1) cloudwatch.record('Shop', 'orders', {}, value, at)
    const stats = ['p0', 'p50', 'p99', 'p99.9', 'p100', 'PR(:10)', 'PR(90:)', 'PR(10:30)']
    const { MetricDataResults } = await client.send(
      new sdk.GetMetricDataCommand({
        StartTime: new Date(at),
        EndTime: new Date(at + 60_000),
        MetricDataQueries: stats.map((stat, index) => query(stat, 60, [], `s${index}`)),
      }),
    )
    expect(MetricDataResults?.map(({ Values }) => Values?.[0])).toEqual([
      1, 50, 99, 100, 100, 10, 10, 20,
    ])
  })

  test('of other dimensions is another metric', async () => {
    const { cloudwatch, client } = await openInProcess()
    const at = minute() - 60_000
    cloudwatch.record('Shop', 'orders', { slot: 'blue', zone: 'a' }, 7, at)
    const ask = async (Dimensions: sdk.Dimension[]) => {
      const { MetricDataResults } = await client.send(
        new sdk.GetMetricDataCommand({
          StartTime: new Date(at),
          EndTime: new Date(at + 60_000),
          MetricDataQueries: [query('Sum', 60, Dimensions)],
        }),
      )
      return MetricDataResults?.[0]?.Values
    }
    const zone = { Name: 'zone', Value: 'a' }
    expect(await ask([zone, { Name: 'slot', Value: 'blue' }])).toEqual([7])
    expect(await ask([zone])).toEqual([])
    expect(await ask([])).toEqual([])
  })

  test.each<[string, Partial<sdk.GetMetricDataInput>, string]>([
    [
      'an expression of what is not there',
      { MetricDataQueries: [{ Id: 'e', Expression: 'a/b' }] },
      'The expression names a, which no query is',
    ],
    ['a period of 7 s', { MetricDataQueries: [query('Sum', 7)] }, 'Period is 7'],
    ['a statistic it lacks', { MetricDataQueries: [query('IQM', 60)] }, 'statistic IQM'],
    ['an id that begins wrong', { MetricDataQueries: [query('Sum', 60, [], 'Q')] }, "Id 'Q'"],
    ['one id twice', { MetricDataQueries: [query('Sum', 60), query('Sum', 60)] }, 'same Id'],
    ['an end before the start', { EndTime: new Date(0) }, 'not before EndTime'],
    ['a token that is none', { NextToken: 'x' }, 'no token'],
    ['no query', { MetricDataQueries: [] }, '1 to 500'],
    ['a label option', { LabelOptions: { Timezone: '+0100' } }, 'parameter LabelOptions'],
  ])('is refused for %s', async (_, input, message) => {
    const { client } = await openInProcess()
    const good = {
      StartTime: new Date(1),
      EndTime: new Date(),
      MetricDataQueries: [query('Sum', 60)],
    }
    await expect(client.send(new sdk.GetMetricDataCommand({ ...good, ...input }))).rejects.toThrow(
      message,
    )
  })

  test.each<[string, sdk.MetricDatum, string]>([
    ['a number that is none', { MetricName: 'm', Value: Number.NaN }, 'NaN'],
    ['a value and values', { MetricName: 'm', Value: 1, Values: [1] }, '2 of Value, Values'],
    ['nothing', { MetricName: 'm' }, '0 of Value'],
    ['counts of another length', { MetricName: 'm', Values: [1, 2], Counts: [1] }, 'Counts has 1'],
    [
      'a time of last week',
      { MetricName: 'm', Value: 1, Timestamp: new Date(Date.now() - 6e8) },
      'does not keep',
    ],
  ])('is not put with %s, nor is anything of its request', async (_, bad, message) => {
    const { cloudwatch, client } = await openInProcess()
    const put = client.send(
      new sdk.PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [{ MetricName: 'good', Value: 1 }, bad],
      }),
    )
    await expect(put).rejects.toThrow(message)
    expect(cloudwatch.metrics.list()).toEqual([])
  })

  test('is forgotten after a while, so that memory stays bounded', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const cloudwatch = createCloudWatch({ retentionMs: 3_600_000 })
    for (let second = 0; second < 5 * 3_600; second += 10) {
      cloudwatch.record('Shop', 'orders', {}, 1)
      vi.setSystemTime(Date.now() + 10_000)
    }
    expect(cloudwatch.metrics.size).toBeLessThanOrEqual(3_660 / 10 + 1)
    vi.useRealTimers()
  })
})

describe('an alarm', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  const openAlarm = async (input: Partial<sdk.PutMetricAlarmInput> = {}) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 1_800_000_000_000 })
    const events: AlarmEvent[] = []
    const { cloudwatch, client } = await openInProcess({ publish: (event) => events.push(event) })
    await client.send(new sdk.PutMetricAlarmCommand({ ...alarmInput, ...input }))
    const states = () =>
      events.map(({ detail }) => (detail as { state: { value: string } }).state.value)
    const period = (value: number | undefined) => {
      if (value !== undefined) cloudwatch.record('Shop', 'orders', {}, value)
      vi.advanceTimersByTime(10_000)
    }
    return { client, cloudwatch, events, period, states }
  }

  test('rings after its periods, says so once, and clears', async () => {
    const { period, states } = await openAlarm()
    for (const value of [1, 1, 9, 9, 9, 1, 1]) period(value)
    expect(states()).toEqual(['OK', 'ALARM', 'OK'])
  })

  test('rings by an expression over several metrics, of which most rest', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 1_800_000_000_000 })
    const events: AlarmEvent[] = []
    const { cloudwatch, client } = await openInProcess({ publish: (event) => events.push(event) })
    const orders = (Id: string, MetricName: string): sdk.MetricDataQuery => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 10, Stat: 'Sum' },
      ReturnData: false,
    })
    const Metrics = [
      { Id: 'all', Expression: 'SUM([m0, m1])', ReturnData: true },
      orders('m0', 'orders'),
      orders('m1', 'returns'),
    ]
    const { AlarmName, Threshold, ComparisonOperator } = alarmInput
    const EvaluationPeriods = 1
    await client.send(
      new sdk.PutMetricAlarmCommand({
        ...{ AlarmName, Threshold, ComparisonOperator, EvaluationPeriods, Metrics },
        TreatMissingData: 'notBreaching',
      }),
    )
    vi.advanceTimersByTime(10_000)
    cloudwatch.record('Shop', 'returns', {}, 9)
    vi.advanceTimersByTime(10_000)
    const { MetricAlarms } = await client.send(new sdk.DescribeAlarmsCommand({}))
    expect(MetricAlarms).toMatchObject([{ StateValue: 'ALARM', Metrics }])
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { state: { value: 'OK' } },
      { state: { value: 'ALARM' }, configuration: { metrics: [{ id: 'all' }, {}, {}] } },
    ])
  })

  test('counts as many breaching points as it is told to', async () => {
    const { period, states } = await openAlarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 })
    for (const value of [1, 1, 1, 9, 1, 9]) period(value)
    expect(states()).toEqual(['OK', 'ALARM'])
  })

  test.each([
    ['missing', ['OK', 'INSUFFICIENT_DATA']],
    ['ignore', ['OK']],
    ['notBreaching', ['OK']],
    ['breaching', ['OK', 'ALARM']],
  ])('treats absent data as %s', async (TreatMissingData, expected) => {
    const { period, states } = await openAlarm({ TreatMissingData })
    for (const value of [1, 1, undefined, undefined, undefined, undefined, undefined]) period(value)
    expect(states()).toEqual(expected)
  })

  test('that was set by hand goes back to what its data say', async () => {
    const { client, period, states } = await openAlarm()
    period(1)
    period(1)
    await client.send(
      new sdk.SetAlarmStateCommand({
        AlarmName: 'too-many',
        StateValue: 'ALARM',
        StateReason: 'drill',
      }),
    )
    period(1)
    expect(states()).toEqual(['OK', 'ALARM', 'OK'])
  })

  test('that is deleted says nothing more', async () => {
    const { client, period, states } = await openAlarm()
    await client.send(new sdk.DeleteAlarmsCommand({ AlarmNames: ['too-many'] }))
    for (const value of [9, 9, 9]) period(value)
    expect(states()).toEqual([])
  })

  test.each<[string, Partial<sdk.PutMetricAlarmInput>, string]>([
    [
      'an operator for anomalies',
      { ComparisonOperator: 'GreaterThanUpperThreshold' },
      'ComparisonOperator',
    ],
    [
      'an action that is neither a topic nor a scaling policy',
      { AlarmActions: ['arn:aws:lambda:us-east-1:123456789012:function:page'] },
      'alarm action arn:aws:lambda:us-east-1:123456789012:function:page',
    ],
    ['more points than periods', { DatapointsToAlarm: 3 }, 'DatapointsToAlarm 3'],
    ['no period at all', { EvaluationPeriods: 0 }, 'EvaluationPeriods is 0'],
    ['two statistics', { ExtendedStatistic: 'p99' }, 'one of Statistic'],
    ['a treatment that is none', { TreatMissingData: 'panic' }, 'TreatMissingData is panic'],
  ])('is refused with %s', async (_, input, message) => {
    const { client } = await openInProcess()
    await expect(
      client.send(new sdk.PutMetricAlarmCommand({ ...alarmInput, ...input })),
    ).rejects.toThrow(message)
  })

  test('is found by prefix and state, in pages', async () => {
    const { client } = await openInProcess()
    for (const name of ['a-1', 'a-2', 'b-1']) {
      await client.send(new sdk.PutMetricAlarmCommand({ ...alarmInput, AlarmName: name }))
    }
    const first = await client.send(
      new sdk.DescribeAlarmsCommand({ AlarmNamePrefix: 'a-', MaxRecords: 1 }),
    )
    expect(first.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a-1'])
    const second = await client.send(
      new sdk.DescribeAlarmsCommand({
        AlarmNamePrefix: 'a-',
        MaxRecords: 1,
        NextToken: first.NextToken,
      }),
    )
    expect(second.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a-2'])
    expect(second.NextToken).toBeUndefined()
    const ringing = await client.send(new sdk.DescribeAlarmsCommand({ StateValue: 'ALARM' }))
    expect(ringing.MetricAlarms).toEqual([])
  })
})
