import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'

let canary: LocalCanary
let inbox: string

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:sluice:'

/** A rollout that nothing but an alarm's event would have looked at within the hour, and a queue that hears the news. */
beforeAll(async () => {
  const checks = [{ type: 'alarms', alarms: ['errors'] }]
  const plan = [
    { weight: 50, bake: '2h' },
    { weight: 100, bake: '2h' },
  ]
  canary = await createLocalCanary({ definition: { checks, plan, interval: '1h' } })
  await new CloudWatchClient(canary.person).send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  )
  inbox = await subscribe()
  await canary.define()
  await canary.time.pass(20)
})
afterAll(() => canary.close())

async function subscribe(): Promise<string> {
  const sqs = new SQSClient(canary.person)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }))
  const arn = 'arn:aws:sqs:us-east-1:123456789012:inbox'
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
      },
    ],
  })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  const subscribing = {
    TopicArn: String(canary.deployed.outputs.NewsTopicArn),
    Protocol: 'sqs',
    Endpoint: arn,
  }
  await new SNSClient(canary.person).send(new SubscribeCommand(subscribing))
  return arn
}

const news = () =>
  canary.aws.sqs.queues
    .get(inbox)
    .messages.map(({ body }) => JSON.parse((JSON.parse(body) as { Message: string }).Message))

test('an alarm that fires has its rollout looked at within a second, and failed back within two', async () => {
  await canary.surroundings.deploy('green', revision(2))
  const half = async () => (await canary.rollout(1))?.Achieved === 50
  await canary.time.until('green has half', half)
  await canary.time.settle()
  const baseline = { blue: 1, green: 0 }
  const fired = () =>
    canary.events.find(
      ({ 'detail-type': type, detail }) =>
        type === 'CloudWatch Alarm State Change' &&
        (detail as { state: { value: string } }).state.value === 'ALARM',
    )
  canary.aws.cloudwatch.record('Shop', 'Errors', {}, 50)
  await canary.time.until('the alarm fires', () => fired() !== undefined)
  const at = canary.time.now()
  const ended = await canary.outcome(1)
  expect(ended.Reason).toMatch(/^alarm errors is in ALARM/)
  const { Signals, EndedAt } = ended as {
    Signals: Record<string, { kind: string; at: number; seenAt: number }>
    EndedAt: number
  }
  const [alarm] = Object.values(Signals)
  expect(alarm?.kind).toBe('alarm')
  expect((alarm?.seenAt ?? Number.NaN) - at).toBeLessThan(1_000)
  expect(EndedAt - at).toBeLessThan(2_000)
  expect(await canary.weights()).toEqual(baseline)
})

test('the topic was told each change in a sentence, with how grave it is and where to look', () => {
  expect(news()).toEqual([
    `[info] web: app:2 begins to be rolled out to green (web-1), with 0 % of the traffic so far. Waiting until app:2 is ready in green. ${link('web-1')}`,
    `[info] web: app:2 has 50 % of the traffic (web-1). Green has 50 % of the traffic, step 1 of 2. ${link('web-1')}`,
    expect.stringMatching(
      /^\[critical\] web: app:2 failed back after 50 % \(web-1\); the traffic is as it was before\. Alarm errors is in ALARM: .+ https:\/\/us-east-1/,
    ),
  ])
})

test('what an alarm is noted under is seen by neither the index nor the table’s stream', async () => {
  const asked = canary.invocations.filter(({ fn }) => fn === 'retrigger')
  expect(JSON.stringify(asked)).not.toContain('alarm#')
  const triggered = canary.invocations.filter(({ fn }) => fn === 'trigger')
  expect(triggered.length).toBeGreaterThan(0)
})

const link = (execution: string) =>
  `https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/${EXECUTION}${execution}`
