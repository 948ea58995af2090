import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { removeStackFolders, stackFolder, type TestResource } from './stack-folder.ts'

type Resources = Readonly<Record<string, TestResource>>

const IDS = ['Alpha', 'Bravo', 'Charlie'] as const

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

/** A queue each, with or without a name of its own, some retained nowhere. */
const queues = fc.dictionary(
  fc.constantFrom(...IDS),
  fc.record({
    name: maybe(fc.constantFrom('first', 'second')),
    delay: maybe(fc.integer({ min: 0, max: 9 })),
    topic: maybe(fc.constantFrom('plain', 'Named')),
    rule: maybe(fc.record({ state: fc.constantFrom('ENABLED', 'DISABLED'), twice: fc.boolean() })),
    alarm: maybe(fc.integer({ min: 1, max: 3 })),
  }),
  { minKeys: 1, maxKeys: 3 },
)

type Drawn = typeof queues extends fc.Arbitrary<infer Value> ? Value : never

function templateOf(drawn: Drawn): Resources {
  const resources: Record<string, TestResource> = {}
  for (const [id, { name, delay, topic, rule, alarm }] of Object.entries(drawn)) {
    resources[`${id}Queue`] = {
      Type: 'AWS::SQS::Queue',
      Properties: {
        ...(name ? { QueueName: `${id}-${name}` } : {}),
        ...(delay === undefined ? {} : { DelaySeconds: delay }),
      },
    }
    const Arn = { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] }
    if (topic) {
      const Properties = topic === 'Named' ? { TopicName: `${id}-topic` } : {}
      resources[`${id}Topic`] = { Type: 'AWS::SNS::Topic', Properties }
      resources[`${id}Subscription`] = {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: `${id}Topic` }, Protocol: 'sqs', Endpoint: Arn },
      }
    }
    if (rule) {
      const Targets = ['One', ...(rule.twice ? ['Two'] : [])].map((Id) => ({ Id, Arn }))
      resources[`${id}Rule`] = {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { source: [id] }, State: rule.state, Targets },
      }
    }
    if (alarm) {
      resources[`${id}Alarm`] = {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${id}Queue`, 'QueueName'] } }],
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: alarm,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      }
    }
  }
  return resources
}

/** Everything that stands, without what chance and time put in. */
function standing(aws: LocalAws) {
  const sorted = <One extends { name: string }>(all: readonly One[]) =>
    all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return {
    queues: sorted(aws.sqs.queues.all()).map(({ name, attributes }) => [name, attributes]),
    rules: sorted(aws.eventbridge.rules.all()).map((rule) => [
      rule.name,
      rule.patternText,
      rule.state,
      [...rule.targets].sort((a, b) => ((a.Id ?? '') < (b.Id ?? '') ? -1 : 1)),
    ]),
    topics: sorted(aws.sns.topics.all()).map(({ name, arn, attributes }) => [
      name,
      attributes,
      aws.sns.topics.subscriptionsOf(arn).map(({ protocol, endpoint }) => [protocol, endpoint]),
    ]),
    alarms: aws.cloudwatch.alarms
      .all()
      .map(({ name, watched, evaluationPeriods }) => [name, watched, evaluationPeriods]),
  }
}

async function afterDeploying(...templates: readonly Resources[]) {
  const aws = createLocalAws()
  try {
    for (const Resources of templates) await aws.deploy(stackFolder({ Shop: { Resources } }))
    const stood = standing(aws)
    await aws.removeStack('Shop')
    return { stood, left: standing(aws) }
  } finally {
    await aws.close()
    removeStackFolders()
  }
}

describe('whatever stood between', () => {
  it('a template leaves what it leaves alone, and its removal leaves nothing', async () => {
    const nothing = { queues: [], rules: [], topics: [], alarms: [] }
    await fc.assert(
      fc.asyncProperty(queues.map(templateOf), queues.map(templateOf), async (a, b) => {
        const alone = await afterDeploying(a)
        const again = await afterDeploying(a, b, a)
        expect(again.stood).toEqual(alone.stood)
        expect([alone.left, again.left]).toEqual([nothing, nothing])
      }),
      { numRuns: 40 },
    )
  })
})
