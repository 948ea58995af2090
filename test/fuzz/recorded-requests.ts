import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import {
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { HttpRequest } from '@smithy/core/protocols'
import { createLocalAws, type LocalAws, type LocalAwsOptions } from '../../local/aws.ts'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'
import type { WireRequest } from '../../local/wire/service.ts'
import { clientConfig } from '../fixtures/client-config.ts'
import { createSurroundings } from '../fixtures/in-process/environment.ts'
import { createSimulatedTasks } from '../fixtures/simulated-tasks.ts'

/** Local AWS of which nothing runs but what a request asks for. */
export function createQuietAws(onFault: NonNullable<LocalAwsOptions['onFault']>): LocalAws {
  return createLocalAws({
    onFault,
    tasks: createSimulatedTasks().runner,
    functions: () => ({ invoke: async () => null, close: async () => undefined }),
  })
}

/** Real requests of the SDK's clients, over every protocol that local AWS speaks, as they arrive at its endpoint. */
export async function recordedRequests(): Promise<readonly WireRequest[]> {
  const requests: WireRequest[] = []
  for (const router of ['alb', 'route53'] as const) await record(router, requests)
  return requests
}

async function record(type: 'alb' | 'route53', requests: WireRequest[]): Promise<void> {
  const aws = createQuietAws(({ service, operation, error }) => {
    throw new Error(`local ${service}:${operation} broke of a real request`, { cause: error })
  })
  const recording: InProcessHandler = {
    ...aws.requestHandler,
    async handle(request) {
      requests.push(wireRequestOf(request))
      return aws.requestHandler.handle(request)
    },
  }
  try {
    const { targetGroups, router } = await createSurroundings(recording, type, 1)
    for (const send of conversations(recording, targetGroups.blue, router)) {
      // What is refused is a request as good as any.
      await send().catch(() => undefined)
    }
  } finally {
    await aws.close()
  }
}

function wireRequestOf({ body, method, path, query, headers }: HttpRequest): WireRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return {
    method,
    path,
    query: query as WireRequest['query'],
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: bytes instanceof Uint8Array ? bytes : new Uint8Array(),
  }
}

function conversations(
  handler: InProcessHandler,
  targetGroup: string,
  router: Readonly<Record<string, string>>,
): readonly (() => Promise<unknown>)[] {
  const config = clientConfig(handler)
  const dynamodb = new DynamoDBClient(config)
  const sfn = new SFNClient(config)
  const cloudwatch = new CloudWatchClient(config)
  const elbv2 = new ElasticLoadBalancingV2Client(config)
  const ecs = new ECSClient(config)
  const events = new EventBridgeClient(config)
  const sts = new STSClient(config)
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false })
  const table = { TableName: 'Records' }
  const Key = { Canary: { S: 'web' }, Record: { S: 'state' } }
  const roleArn = 'arn:aws:iam::123456789012:role/any'
  return [
    () =>
      dynamodb.send(
        new CreateTableCommand({
          ...table,
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
          AttributeDefinitions: [
            { AttributeName: 'Canary', AttributeType: 'S' },
            { AttributeName: 'Record', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'Canary', KeyType: 'HASH' },
            { AttributeName: 'Record', KeyType: 'RANGE' },
          ],
        }),
      ),
    () => dynamodb.send(new DescribeTableCommand(table)),
    () =>
      dynamodb.send(
        new PutItemCommand({
          ...table,
          Item: { ...Key, Numbers: { L: [{ N: '1.5' }] }, Map: { M: { a: { BOOL: true } } } },
          ConditionExpression: 'attribute_not_exists(Canary)',
        }),
      ),
    () =>
      dynamodb.send(
        new UpdateItemCommand({
          ...table,
          Key,
          UpdateExpression: 'SET #a = :a, #b.#c = list_append(:l, :l) REMOVE Gone',
          ConditionExpression: '#a = :old OR attribute_exists(#b)',
          ExpressionAttributeNames: { '#a': 'Attempt', '#b': 'Map', '#c': 'd' },
          ExpressionAttributeValues: { ':a': { N: '2' }, ':old': { N: '1' }, ':l': { L: [] } },
        }),
      ),
    () => dynamodb.send(new GetItemCommand({ ...table, Key, ConsistentRead: true })),
    () =>
      dynamodb.send(
        new QueryCommand({
          ...table,
          KeyConditionExpression: 'Canary = :c AND begins_with(#r, :r)',
          ExpressionAttributeNames: { '#r': 'Record' },
          ExpressionAttributeValues: { ':c': { S: 'web' }, ':r': { S: 'rollout#' } },
          Limit: 3,
        }),
      ),
    () => dynamodb.send(new ScanCommand({ ...table, Limit: 2 })),
    () => dynamodb.send(new DeleteItemCommand({ ...table, Key })),
    () =>
      sfn.send(
        new CreateStateMachineCommand({
          name: 'canary',
          roleArn,
          definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
        }),
      ),
    () =>
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:canary',
          name: 'web-1',
          input: '{"canary":"web"}',
        }),
      ),
    () =>
      sfn.send(
        new DescribeExecutionCommand({
          executionArn: 'arn:aws:states:us-east-1:123456789012:execution:canary:web-1',
        }),
      ),
    () => sfn.send(new SendTaskSuccessCommand({ taskToken: 'a token', output: '{}' })),
    () =>
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'Shop',
          MetricData: [
            { MetricName: 'Requests', Dimensions: [{ Name: 'Slot', Value: 'green' }], Value: 3 },
          ],
        }),
      ),
    () =>
      cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(0),
          EndTime: new Date(600_000),
          MetricDataQueries: [
            {
              Id: 'a',
              MetricStat: {
                Metric: { Namespace: 'Shop', MetricName: 'R' },
                Period: 60,
                Stat: 'p99',
              },
            },
            { Id: 'b', Expression: 'IF(a > 1, a / 60, FILL(a, 0))', Period: 60 },
          ],
        }),
      ),
    () =>
      cloudwatch.send(
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
      ),
    () => cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] })),
    () => elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup })),
    () => elbv2.send(new DescribeRulesCommand({ RuleArns: [router.rule ?? ''] })),
    () =>
      elbv2.send(
        new ModifyRuleCommand({
          RuleArn: router.rule,
          Actions: [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [{ TargetGroupArn: targetGroup, Weight: 10 }],
                TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
              },
            },
          ],
        }),
      ),
    () => ecs.send(new ListTasksCommand({ cluster: 'shop', serviceName: 'blue' })),
    () => ecs.send(new DescribeTasksCommand({ cluster: 'shop', tasks: ['a'] })),
    () =>
      events.send(
        new PutRuleCommand({
          Name: 'tasks',
          EventPattern: JSON.stringify({ source: ['aws.ecs'], detail: { a: [{ prefix: 'x' }] } }),
        }),
      ),
    () =>
      events.send(
        new PutEventsCommand({
          Entries: [{ Source: 'sluice', DetailType: 'any', Detail: '{"a":1}' }],
        }),
      ),
    () =>
      new LambdaClient(config).send(
        new InvokeCommand({ FunctionName: 'signal', Payload: new TextEncoder().encode('{"a":1}') }),
      ),
    () =>
      new Route53Client(config).send(
        new ListResourceRecordSetsCommand({ HostedZoneId: router.hostedZone }),
      ),
    () => new Route53Client(config).send(new GetChangeCommand({ Id: 'C1' })),
    () => new SNSClient(config).send(new CreateTopicCommand({ Name: 'news' })),
    () =>
      new SNSClient(config).send(
        new PublishCommand({
          TopicArn: 'arn:aws:sns:us-east-1:123456789012:news',
          Message: 'any',
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
        }),
      ),
    () => sqs.send(new CreateQueueCommand({ QueueName: 'ended' })),
    () =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: 'http://sqs.us-east-1.amazonaws.com/123456789012/ended',
          MessageBody: 'any',
        }),
      ),
    () => sts.send(new GetCallerIdentityCommand({})),
    () => sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'web' })),
  ]
}
