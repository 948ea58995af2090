import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from 'vitest'
import { createAlbTargetGroups } from '../../../adapters/alb-target-groups.ts'
import { createCloudWatchAlarms } from '../../../adapters/cloudwatch-alarms.ts'
import { createCloudWatchMetrics } from '../../../adapters/cloudwatch-metrics.ts'
import { createCloudWatch } from '../../../local/services/cloudwatch/index.ts'
import { createElbv2 } from '../../../local/services/elbv2/index.ts'
import { createLocalNetwork } from '../../fixtures/local-network.ts'

const MINUTE = 60_000

test('metrics that were put are read by the minute, and absent minutes have no point', async () => {
  const cloudwatch = createCloudWatch()
  const { config, personsConfig } = createLocalNetwork([cloudwatch])
  const person = new CloudWatchClient(personsConfig)
  const start = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
  const Dimensions = [{ Name: 'Slot', Value: 'green' }]
  for (const [minute, Value] of [
    [0, 3],
    [0, 4],
    [2, 5],
  ] as const) {
    const Timestamp = new Date(start + minute * MINUTE)
    const datum = { MetricName: 'Requests', Dimensions, Value, Timestamp }
    await person.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [datum] }))
  }
  const query = (id: string, slot: string) => ({
    id,
    namespace: 'Shop',
    metric: 'Requests',
    dimensions: { Slot: slot },
    statistic: 'Sum',
    period: 60,
  })

  const metrics = createCloudWatchMetrics(new CloudWatchClient(config))
  const read = await metrics.read([query('green requests', 'green'), query('none', 'blue')], {
    from: start,
    to: start + 5 * MINUTE,
  })

  expect(read).toEqual({
    'green requests': [
      { at: start, value: 7 },
      { at: start + 2 * MINUTE, value: 5 },
    ],
    none: [],
  })
  cloudwatch.close()
})

test('an alarm is described as it stands', async () => {
  const cloudwatch = createCloudWatch()
  const { config, personsConfig } = createLocalNetwork([cloudwatch])
  const person = new CloudWatchClient(personsConfig)
  await person.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  )
  const before = Date.now()
  await person.send(
    new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'by hand' }),
  )
  const alarms = createCloudWatchAlarms(new CloudWatchClient(config))
  const [view, ...others] = await alarms.describe(['errors', 'unknown'])
  expect(others).toEqual([])
  expect(view).toMatchObject({ name: 'errors', state: 'ALARM', reason: 'by hand' })
  // The wire carries milliseconds or whole seconds.
  expect(view?.since).toBeGreaterThanOrEqual(before - 1_000)
  cloudwatch.close()
})

test('the health of registered targets is told, and a group without any has none', async () => {
  const elbv2 = createElbv2()
  const { config, personsConfig } = createLocalNetwork([elbv2])
  const person = new ElasticLoadBalancingV2Client(personsConfig)
  const input = { Name: 'green', Protocol: 'HTTP', Port: 80, VpcId: 'v', TargetType: 'ip' } as const
  const { TargetGroups } = await person.send(new CreateTargetGroupCommand(input))
  const arn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  const groups = createAlbTargetGroups(new ElasticLoadBalancingV2Client(config))
  expect(await groups.health(arn)).toEqual([])

  const Targets = [
    { Id: '127.0.0.1', Port: 8_001 },
    { Id: '127.0.0.1', Port: 8_002 },
  ]
  await person.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets }))
  const states = (await groups.health(arn)).map(({ target }) => target)
  expect(states).toEqual(['127.0.0.1:8001', '127.0.0.1:8002'])
  await expect(groups.health(`${arn}0`)).rejects.toThrow('does not exist; correct slots')
})
