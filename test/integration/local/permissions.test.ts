import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { clientConfig } from '../../fixtures/client-config.ts'
import { definitionOf, failure, handlersAsFunctions } from './functions.ts'

let aws: LocalAws

afterEach(async () => {
  vi.useRealTimers()
  await aws.close()
})

const ROOT = 'arn:aws:iam::123456789012:root'
const LAMBDA = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'lambda.amazonaws.com' },
}

/** A role with these statements, and what a client of it is made with. */
function role(name: string, statements: readonly object[], trust: object = LAMBDA) {
  const { arn } = aws.iam.state.putRole({
    name,
    trust: { Statement: [trust] },
    inline: { own: { Statement: statements } },
  })
  const credentials = aws.iam.issue({ roleArn: arn, name: 'session' })
  return { arn, config: { ...clientConfig(aws.requestHandler), credentials } }
}

const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  Condition = {},
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
})

describe('what no policy allows is refused as each service says it', () => {
  type Config = ReturnType<typeof role>['config']
  const Record = {
    Name: 'a.example.com',
    Type: 'A',
    TTL: 1,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  } as const
  const Changes = [{ Action: 'UPSERT', ResourceRecordSet: Record }] as const
  const calls: [string, string, number, string, (config: Config) => Promise<unknown>][] = [
    [
      'ECS',
      'AccessDeniedException',
      403,
      'ecs:DescribeServices on resource: arn:aws:ecs:us-east-1:123456789012:service/shop/blue',
      (config) =>
        new ECSClient(config).send(
          new DescribeServicesCommand({ cluster: 'shop', services: ['blue'] }),
        ),
    ],
    [
      'DynamoDB',
      'AccessDeniedException',
      400,
      'dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/records',
      (config) =>
        new DynamoDBClient(config).send(
          new GetItemCommand({ TableName: 'records', Key: { a: { S: 'b' } } }),
        ),
    ],
    [
      'CloudWatch',
      'AccessDeniedException',
      400,
      'cloudwatch:PutMetricData',
      (config) =>
        new CloudWatchClient(config).send(
          new PutMetricDataCommand({ Namespace: 'a', MetricData: [] }),
        ),
    ],
    [
      'Elastic Load Balancing',
      'AccessDenied',
      403,
      'elasticloadbalancing:DescribeRules',
      (config) => new ElasticLoadBalancingV2Client(config).send(new DescribeRulesCommand({})),
    ],
    [
      'Route 53',
      'AccessDenied',
      403,
      'route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1',
      (config) =>
        new Route53Client(config).send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: 'Z1',
            ChangeBatch: {
              Changes: [...Changes].map((one) => ({
                ...one,
                ResourceRecordSet: { ...Record, ResourceRecords: [...Record.ResourceRecords] },
              })),
            },
          }),
        ),
    ],
    [
      'Lambda',
      'AccessDeniedException',
      403,
      'lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:work',
      (config) => new LambdaClient(config).send(new InvokeCommand({ FunctionName: 'work' })),
    ],
  ]
  it.each(calls)('%s: %s, %d', async (_, name, status, what, call) => {
    aws = createLocalAws({ functions: handlersAsFunctions({}) })
    aws.lambda.createFunction(definitionOf('work'))
    const { config } = role('reader', [allow('sqs:ListQueues')])
    await expect(call(config)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(
        `User: arn:aws:sts::123456789012:assumed-role/reader/session is not authorized to perform: ${what}.* because no identity-based policy allows the`,
      ),
      $metadata: { httpStatusCode: status },
    })
  })

  it('a deny says so, whatever else is allowed', async () => {
    aws = createLocalAws()
    const { config } = role('reader', [allow('*'), { ...allow('ecs:*'), Effect: 'Deny' }])
    await expect(
      new ECSClient(config).send(new DescribeServicesCommand({ services: ['blue'] })),
    ).rejects.toThrow(/ecs:DescribeServices .* with an explicit deny/)
  })

  it('each of several resources has to be allowed', async () => {
    aws = createLocalAws()
    const { config } = role('reader', [
      allow('ecs:DescribeServices', 'arn:aws:ecs:*:*:service/shop/blue'),
    ])
    const asking = (...services: string[]) =>
      new ECSClient(config).send(new DescribeServicesCommand({ cluster: 'shop', services }))
    await expect(asking('blue')).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
    await expect(asking('blue', 'green')).rejects.toThrow(/service\/shop\/green/)
  })

  it('a key that was not issued here is the administrator, whom nothing is refused', async () => {
    aws = createLocalAws()
    const ecs = new ECSClient(clientConfig(aws.requestHandler))
    const asking = ecs.send(new DescribeServicesCommand({ services: ['blue'] }))
    await expect(asking).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
  })

  it('an operation of which nobody said what it needs is a fault, and allowed to no role', async () => {
    aws = createLocalAws()
    const faults = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    Reflect.deleteProperty(aws.ecs.authorization ?? {}, 'DescribeClusters')
    const { config } = role('everything', [allow('*')])
    const { DescribeClustersCommand } = await import('@aws-sdk/client-ecs')
    await expect(new ECSClient(config).send(new DescribeClustersCommand({}))).rejects.toThrow(
      'nobody said which permissions ecs:DescribeClusters needs',
    )
    expect(faults).toHaveBeenCalled()
    faults.mockRestore()
  })
})

describe("a role that trusts the account's roles", () => {
  const TAG = 'sluice:function'
  const CANARY = 'arn:aws:iam::123456789012:role/canary'
  const trust = {
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Principal: { AWS: ROOT },
    Condition: {
      ArnEquals: { 'aws:PrincipalArn': ['arn:aws:iam::123456789012:role/shift'] },
      Null: { [`aws:RequestTag/${TAG}`]: 'false' },
    },
  }
  const assuming = allow(['sts:AssumeRole', 'sts:TagSession'], CANARY, {
    StringEquals: { [`aws:RequestTag/${TAG}`]: 'shift' },
  })
  const tagged = allow('ecs:DescribeServices', '*', {
    StringEquals: { [`aws:PrincipalTag/${TAG}`]: 'shift' },
  })
  const assume = (config: ReturnType<typeof role>['config'], fn?: string) =>
    new STSClient(config).send(
      new AssumeRoleCommand({
        RoleArn: CANARY,
        RoleSessionName: 'web',
        ...(fn === undefined ? {} : { Tags: [{ Key: TAG, Value: fn }] }),
      }),
    )

  it('gives a session whose tag its statements see', async () => {
    aws = createLocalAws()
    role('canary', [tagged], trust)
    const { config } = role('shift', [assuming])
    const { Credentials: given } = await assume(config, 'shift')
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    }
    const ecs = new ECSClient({ ...config, credentials })
    await expect(
      ecs.send(new DescribeServicesCommand({ services: ['blue'] })),
    ).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
    const untagged = new ECSClient({
      ...config,
      credentials: aws.iam.issue({ roleArn: CANARY, name: 'web' }),
    })
    await expect(
      untagged.send(new DescribeServicesCommand({ services: ['blue'] })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  it.each([
    ['without the tag', 'shift', [assuming], trust, undefined],
    ['with the tag of another', 'shift', [assuming], trust, 'verify'],
    ['without a policy of its own', 'shift', [], trust, 'shift'],
    ['that may not tag', 'shift', [{ ...assuming, Action: 'sts:AssumeRole' }], trust, 'shift'],
    [
      'whose tag is not trusted',
      'shift',
      [assuming],
      { ...trust, Action: 'sts:AssumeRole' },
      'shift',
    ],
    ['that is not trusted', 'verify', [assuming], trust, 'shift'],
  ] as const)('refuses a role %s', async (_, name, statements, trusting, fn) => {
    aws = createLocalAws()
    role('canary', [tagged], trusting)
    const { config } = role(name, statements)
    await expect(assume(config, fn)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('gives sessions that end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    aws = createLocalAws()
    const { arn, config } = role('reader', [allow('*')])
    const credentials = aws.iam.issue({ roleArn: arn, name: 'session', seconds: 900 })
    const ecs = new ECSClient({ ...config, credentials })
    const asking = () => ecs.send(new DescribeServicesCommand({ services: ['blue'] }))
    await expect(asking()).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
    vi.setSystemTime(Date.now() + 900_000)
    await expect(asking()).rejects.toMatchObject({ name: 'ExpiredTokenException' })
  })
})

describe('the policy of a queue', () => {
  it('allows a role what its own policies do not, and denies what they do', async () => {
    aws = createLocalAws()
    const { arn, config } = role('sender', [])
    const send = new SendMessageCommand({
      QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/letters',
      MessageBody: 'x',
    })
    const person = new SQSClient(clientConfig(aws.requestHandler))
    const statement = {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: '*',
      Principal: { AWS: arn },
    }
    const Policy = JSON.stringify({ Statement: [statement] })
    await person.send(new CreateQueueCommand({ QueueName: 'letters', Attributes: { Policy } }))
    expect((await new SQSClient(config).send(send)).MessageId).toBeDefined()

    const { config: denied } = role('sender', [{ ...allow('sqs:*'), Effect: 'Deny' }])
    await expect(new SQSClient(denied).send(send)).rejects.toThrow(/explicit deny/)
  })

  it('that cannot be evaluated is refused', async () => {
    aws = createLocalAws()
    const person = new SQSClient(clientConfig(aws.requestHandler))
    const Policy = JSON.stringify({
      Statement: [{ ...allow('sqs:*'), Condition: { IpAddress: { 'aws:SourceIp': '::1' } } }],
    })
    const create = new CreateQueueCommand({ QueueName: 'letters', Attributes: { Policy } })
    await expect(person.send(create)).rejects.toThrow(/operator IpAddress/)
  })
})

describe('what Lambda does as the role of a function', () => {
  const broken = () => {
    throw failure('Broken', 'no')
  }
  const work = (statements: readonly object[], more: object = {}) => {
    aws = createLocalAws({
      functions: handlersAsFunctions({ work: broken }),
      lambdaRetryDelaysMs: [0],
    })
    const { arn } = role('work', statements)
    return aws.lambda.createFunction({ ...definitionOf('work'), role: arn, ...more })
  }
  const logs = allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    'arn:aws:logs:*:*:log-group:/aws/lambda/work:*',
  )

  it('a role that does not trust Lambda is refused', () => {
    aws = createLocalAws()
    const { arn } = role('work', [], { ...LAMBDA, Principal: { Service: 'states.amazonaws.com' } })
    expect(() => aws.lambda.createFunction({ ...definitionOf('work'), role: arn })).toThrow(
      /The role defined for the function cannot be assumed by Lambda/,
    )
  })

  it.each([
    ['logs:CreateLogStream', [{ ...logs, Action: 'logs:PutLogEvents' }], {}],
    ['logs:PutLogEvents', [{ ...logs, Action: 'logs:CreateLogStream' }], {}],
    ['logs:CreateLogStream', [logs], { logGroup: '/aws/lambda/other' }],
    ['xray:PutTraceSegments', [logs], { tracing: 'Active' }],
    ['xray:PutTelemetryRecords', [logs, allow('xray:PutTraceSegments')], { tracing: 'Active' }],
  ])('without %s what it would write is lost, and told once', async (action, statements, more) => {
    work(statements, more)
    await aws.lambda.invoke('work', {}, 'one')
    await aws.lambda.invoke('work', {}, 'two')
    expect(aws.lost).toEqual([expect.stringMatching(`^work lost its (log|traces): .*${action}`)])
  })

  it('nothing is lost where all of it is allowed', async () => {
    work([logs, allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'])], {
      tracing: 'Active',
    })
    await aws.lambda.invoke('work', {}, 'one')
    expect(aws.lost).toEqual([])
  })

  const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:letters'
  const STREAM = 'arn:aws:dynamodb:us-east-1:123456789012:table/records/stream/1'
  const mapping = {
    functionName: 'work',
    batchSize: 1,
    maximumBatchingWindowSeconds: 0,
    filters: [],
    reportBatchItemFailures: false,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: 0,
    maximumRecordAgeSeconds: -1,
  }

  const createLetters = () =>
    new SQSClient(clientConfig(aws.requestHandler)).send(
      new CreateQueueCommand({ QueueName: 'letters' }),
    )

  it('a destination that it may not send to is refused', async () => {
    work([logs])
    await createLetters()
    expect(() => aws.lambda.configureEventInvoke('work', { onFailure: QUEUE })).toThrow(
      /execution role does not have permissions to call SendMessage on arn:aws:sqs/,
    )
  })

  it('and what was to go there is lost once that was taken from it', async () => {
    work([logs, allow('sqs:SendMessage', QUEUE)])
    await createLetters()
    aws.lambda.configureEventInvoke('work', { onFailure: QUEUE })
    role('work', [logs])
    aws.lambda.accept('work', '{}')
    await vi.waitUntil(() => aws.lost.length > 0)
    expect(aws.lost).toEqual([expect.stringMatching(/^work lost an event: .*sqs:SendMessage/)])
  })

  it.each(['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'])(
    'a stream is not followed without dynamodb:%s',
    (missing) => {
      const all = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams']
      work([allow(all.filter((one) => one !== missing).map((one) => `dynamodb:${one}`))])
      expect(() =>
        aws.lambda.createEventSourceMapping({ ...mapping, eventSourceArn: STREAM }),
      ).toThrow(new RegExp(`Cannot access stream.*dynamodb:${missing}`))
    },
  )

  it.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])(
    'a queue is not polled without sqs:%s',
    async (missing) => {
      const all = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']
      work([allow(all.filter((one) => one !== missing).map((one) => `sqs:${one}`))])
      await createLetters()
      const { functionName, batchSize, reportBatchItemFailures } = mapping
      const of = { functionName, batchSize, reportBatchItemFailures, eventSourceArn: QUEUE }
      expect(() => aws.lambda.createQueueMapping(of)).toThrow(
        `does not have permissions to call ${missing} on SQS`,
      )
    },
  )
})
