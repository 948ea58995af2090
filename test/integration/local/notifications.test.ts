import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { until } from '../../fixtures/until.ts'
import { removeStackFolders, stackFolder, type TestResource } from './stack-folder.ts'

let aws: LocalAws

beforeEach(() => {
  aws = createLocalAws({ functions: () => ({ invoke: async () => null, close: async () => {} }) })
})
afterEach(async () => {
  await aws.close()
  removeStackFolders()
})

const allowing = (
  service: string,
  action: string,
  target: object,
  source: object,
): Readonly<Record<string, unknown>> => ({
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: action,
      Resource: target,
      Condition: { ArnEquals: { 'aws:SourceArn': source } },
    },
  ],
})

const topicWithQueue: Readonly<Record<string, TestResource>> = {
  Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Rollouts' } },
  Inbox: { Type: 'AWS::SQS::Queue' },
  InboxPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Inbox' }],
      PolicyDocument: allowing(
        'sns.amazonaws.com',
        'sqs:SendMessage',
        { 'Fn::GetAtt': ['Inbox', 'Arn'] },
        { Ref: 'Topic' },
      ),
    },
  },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
    },
  },
}

const rule: TestResource = {
  Type: 'AWS::Events::Rule',
  Properties: {
    EventPattern: { source: ['sluice'] },
    Targets: [
      {
        Id: 'Target0',
        Arn: { Ref: 'Topic' },
        InputTransformer: {
          InputPathsMap: { canary: '$.detail.canary', all: '$.detail', none: '$.detail.none' },
          InputTemplate:
            '"Canary <canary>: <all> <none>"\n{"weight":<all>,"by":"<aws.events.rule-name>"}',
        },
      },
    ],
  },
}

const topicPolicy = (source: object, service = 'events.amazonaws.com'): TestResource => ({
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    Topics: [{ Ref: 'Topic' }],
    PolicyDocument: allowing(service, 'sns:Publish', { Ref: 'Topic' }, source),
  },
})

const deploy = (Resources: Readonly<Record<string, TestResource>>) =>
  aws.deploy(stackFolder({ Shop: { Resources } }))

const inbox = () => aws.sqs.queues.get('Shop-Inbox').messages.map(({ body }) => JSON.parse(body))

describe('an event whose rule has a topic for its target', () => {
  const event = {
    source: 'sluice',
    detailType: 'Canary Rollout State Change',
    detail: { canary: 'web "shop"', weight: 10 },
  }

  it('reaches the subscribed queue as the transformer writes it', async () => {
    await deploy({
      ...topicWithQueue,
      Rule: rule,
      TopicPolicy: topicPolicy({ 'Fn::GetAtt': ['Rule', 'Arn'] }),
    })
    aws.eventbridge.publish(event)
    await until(() => inbox().length === 1)

    const [first = '', second = ''] = inbox()[0].Message.split('\n')
    expect(first).toBe(
      '"Canary web \\"shop\\": {\\"canary\\":\\"web \\\\\\"shop\\\\\\"\\",\\"weight\\":10} "',
    )
    expect(JSON.parse(second)).toEqual({
      weight: { canary: 'web "shop"', weight: 10 },
      by: 'Shop-Rule',
    })
    expect(aws.lost).toEqual([])
  })

  it('is lost, and told, where the topic does not allow the rule', async () => {
    await deploy({ ...topicWithQueue, Rule: rule })
    aws.eventbridge.publish(event)
    await until(() => aws.lost.length === 1)
    expect(aws.lost[0]).toMatch(/rule Shop-Rule lost Canary Rollout State Change .*sns:Publish/)
    expect(inbox()).toEqual([])
  })

  it('is kept from the queue that does not allow the topic', async () => {
    const { InboxPolicy: _, ...without } = topicWithQueue
    await deploy({
      ...without,
      Rule: rule,
      TopicPolicy: topicPolicy({ 'Fn::GetAtt': ['Rule', 'Arn'] }),
    })
    aws.eventbridge.publish(event)
    await until(() => aws.lost.length === 1)
    expect(aws.lost[0]).toMatch(/lost a message: .*sqs:SendMessage/)
  })
})

describe('an alarm', () => {
  const alarm = (properties: object): TestResource => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      ...properties,
    },
  })
  const deadLetters = { DeadLetters: { Type: 'AWS::SQS::Queue' } }
  const ring = (name: string, value: 'ALARM' | 'OK') =>
    aws.cloudwatch.alarms.setState(name, { value, reason: 'told so', reasonData: undefined })

  it('tells its topic of each change to a state that has one', async () => {
    await deploy({
      ...topicWithQueue,
      ...deadLetters,
      Alarm: alarm({ AlarmActions: [{ Ref: 'Topic' }], AlarmDescription: 'messages given up' }),
    })
    ring('Shop-Alarm', 'ALARM')
    ring('Shop-Alarm', 'ALARM')
    ring('Shop-Alarm', 'OK')

    expect(inbox()).toHaveLength(1)
    expect(inbox()[0].Subject).toBe('ALARM: "Shop-Alarm" in US East (N. Virginia)')
    expect(JSON.parse(inbox()[0].Message)).toMatchObject({
      AlarmName: 'Shop-Alarm',
      AlarmDescription: 'messages given up',
      NewStateValue: 'ALARM',
      NewStateReason: 'told so',
      OldStateValue: 'INSUFFICIENT_DATA',
      Trigger: {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ name: 'QueueName', value: 'Shop-DeadLetters' }],
        Threshold: 1,
      },
    })
  })

  it('tells nobody where its actions are disabled, or where the topic allows others alone', async () => {
    const actions = { AlarmActions: [{ Ref: 'Topic' }] }
    await deploy({
      ...topicWithQueue,
      ...deadLetters,
      Quiet: alarm({ ...actions, ActionsEnabled: false }),
    })
    ring('Shop-Quiet', 'ALARM')
    await deploy({
      ...topicWithQueue,
      ...deadLetters,
      Alarm: alarm(actions),
      Rule: rule,
      TopicPolicy: topicPolicy({ 'Fn::GetAtt': ['Rule', 'Arn'] }),
    })
    ring('Shop-Alarm', 'ALARM')
    expect(inbox()).toEqual([])
    expect(aws.lost).toEqual([
      expect.stringMatching(/alarm:Shop-Alarm could not tell .*sns:Publish/),
    ])
  })
})

describe('what services tell CloudWatch by themselves', () => {
  beforeEach(async () => {
    await aws.close()
    vi.useFakeTimers({ now: new Date('2026-11-20T12:00:00Z') })
    aws = createLocalAws({ functions: () => ({ invoke: async () => null, close: async () => {} }) })
  })
  afterEach(() => void vi.useRealTimers())

  it('a message on a dead-letter queue makes its alarm ring', async () => {
    await deploy({
      ...topicWithQueue,
      DeadLetters: { Type: 'AWS::SQS::Queue' },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: 'Shop-DeadLetters' }],
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: [{ Ref: 'Topic' }],
        },
      },
    })
    await vi.advanceTimersByTimeAsync(180_000)
    expect(aws.cloudwatch.alarms.get('Shop-Alarm')?.state.value).toBe('OK')
    aws.sqs.deliver(aws.sqs.queues.get('Shop-DeadLetters').arn, 'given up')
    await vi.advanceTimersByTimeAsync(180_000)
    expect(aws.cloudwatch.alarms.get('Shop-Alarm')?.state.value).toBe('ALARM')
    expect(inbox().map(({ Subject }) => Subject)).toEqual([
      'ALARM: "Shop-Alarm" in US East (N. Virginia)',
    ])
  })
})

describe('a line that a function logs', () => {
  const line = (embedded: object, members: object) =>
    JSON.stringify({ _aws: { Timestamp: Date.now(), ...embedded }, ...members })
  const read = (name: string, dimensions: Record<string, string>) =>
    aws.cloudwatch.metrics
      .read(
        { namespace: 'Sluice', name, dimensions },
        { from: 0, to: Date.now() + 60_000, periodMs: 60_000 },
      )
      .reduce((sum, { aggregate }) => sum + aggregate.sum, 0)

  it('becomes metrics, once for every set of dimensions', () => {
    const directive = {
      Namespace: 'Sluice',
      Dimensions: [['service'], ['service', 'canary'], []],
      Metrics: [{ Name: 'Promoted', Unit: 'Count' }, { Name: 'Weight' }],
    }
    aws.cloudwatch.logged(
      line(
        { CloudWatchMetrics: [directive] },
        { service: 'sluice', canary: 'web', Promoted: [1, 1], Weight: 50 },
      ),
    )
    const both = { service: 'sluice', canary: 'web' }
    for (const dimensions of [{ service: 'sluice' }, both, {}]) {
      expect(read('Promoted', dimensions)).toBe(2)
      expect(read('Weight', dimensions)).toBe(50)
    }
    expect(read('Promoted', { canary: 'web' })).toBe(0)
  })

  it('is a line and no more where it only looks like one', () => {
    for (const text of ['{"_aws"', '"_aws" is a word', '{"_aws":3}', '{"a":1}', '']) {
      aws.cloudwatch.logged(text)
    }
    expect(aws.cloudwatch.metrics.list().filter(({ namespace }) => namespace === 'Sluice')).toEqual(
      [],
    )
  })
})
