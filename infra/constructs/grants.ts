import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { FUNCTION_TAG, REACHING } from '../../core/model/reaching-functions.ts'
import type { FunctionName } from '../function-names.ts'
import { canaryRolesArn } from './controller-names.ts'
import { placeOf } from './controller-reference.ts'
import { CANDIDATE_INDEX, type RecordsTable } from './records-table.ts'

/** What of the controller itself its functions are granted. A canary's own resources are granted to its role. */
export interface GrantPlaces {
  readonly controllerName: string
  readonly table: RecordsTable
  readonly stateMachineArn: string
  readonly eventBus: string
  readonly queues: {
    /** Executions that ended without promotion, and reminders of rollouts, for `guard`. */
    readonly ended: IQueue
    readonly unhandled: IQueue
    readonly unfollowed: IQueue
  }
}

type Statement = Required<Pick<PolicyStatementProps, 'actions' | 'resources'>> &
  Pick<PolicyStatementProps, 'conditions'>

/** What a function may need, each by the calls that its adapter or the service in front of it makes. */
function statements(scope: Construct, places: GrantPlaces) {
  const { controllerName, table, stateMachineArn, eventBus, queues } = places
  return {
    read: { actions: ['dynamodb:GetItem'], resources: [table.tableArn] },
    write: { actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] },
    remove: { actions: ['dynamodb:DeleteItem'], resources: [table.tableArn] },
    findByCandidate: {
      actions: ['dynamodb:Query'],
      resources: [`${table.tableArn}/index/${CANDIDATE_INDEX}`],
    },
    /** Which canaries are held against an alarm. */
    findByAlarm: { actions: ['dynamodb:Query'], resources: [table.tableArn] },
    start: { actions: ['states:StartExecution'], resources: [stateMachineArn] },
    /** How an execution stands: of this state machine's alone, which are named after rollouts. */
    describeExecutions: {
      actions: ['states:DescribeExecution'],
      resources: [
        Stack.of(scope).formatArn({
          service: 'states',
          resource: 'execution',
          resourceName: `${controllerName}:*`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    },
    remind: { actions: ['sqs:SendMessage'], resources: [queues.ended.queueArn] },
    answer: { actions: ['states:SendTaskSuccess'], resources: [stateMachineArn] },
    publish: {
      actions: ['events:PutEvents'],
      resources: [
        Stack.of(scope).formatArn({ service: 'events', resource: `event-bus/${eventBus}` }),
      ],
      conditions: { StringEquals: { 'events:source': 'sluice' } },
    },
    /** Lambda hands over what the function failed to handle, as the function. */
    leaveUnhandled: { actions: ['sqs:SendMessage'], resources: [queues.unhandled.queueArn] },
    leaveUnfollowed: { actions: ['sqs:SendMessage'], resources: [queues.unfollowed.queueArn] },
    /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
    pollEnded: {
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queues.ended.queueArn],
    },
    /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
    pollTable: {
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [table.tableStreamArn],
    },
    listStreams: { actions: ['dynamodb:ListStreams'], resources: ['*'] },
    trace: { actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] },
  } satisfies Record<string, Statement>
}

type Grant = keyof ReturnType<typeof statements>

const RECORDS = ['read', 'write'] as const

/** By function, what its use case calls; the ports that `functions/<name>/index.ts` connects say the same. */
const NEEDS: Readonly<Record<FunctionName, readonly Grant[]>> = {
  define: [...RECORDS, 'remove'],
  trigger: ['findByCandidate', ...RECORDS, 'start', 'answer', 'leaveUnhandled'],
  retrigger: [...RECORDS, 'start', 'remind', 'pollTable', 'listStreams', 'leaveUnfollowed'],
  prepare: [...RECORDS, 'publish'],
  ready: [...RECORDS, 'publish'],
  shift: RECORDS,
  verify: [...RECORDS, 'publish'],
  bake: [...RECORDS, 'answer'],
  assess: [...RECORDS, 'publish'],
  promote: [...RECORDS, 'publish'],
  'fail-back': [...RECORDS, 'publish'],
  'scale-down': RECORDS,
  signal: ['findByCandidate', 'findByAlarm', ...RECORDS, 'answer', 'leaveUnhandled'],
  approve: [...RECORDS, 'answer'],
  guard: ['read', 'start', 'describeExecutions', 'remind', 'pollEnded'],
}

export function grantsOf(
  scope: Construct,
  name: FunctionName,
  places: GrantPlaces,
): readonly PolicyStatement[] {
  const all: Readonly<Record<Grant, Statement>> = statements(scope, places)
  const own: readonly Statement[] = NEEDS[name].map((grant) => all[grant])
  return [...own, ...assumeCanaries(scope, name, places), all.trace].map(
    (one) => new PolicyStatement(one),
  )
}

/** A function may be any canary, and only as itself: the session's tag is what the canary's role goes by. */
function assumeCanaries(
  scope: Construct,
  name: FunctionName,
  { controllerName }: GrantPlaces,
): readonly Statement[] {
  if (!REACHING.some((one) => one === name)) return []
  return [
    {
      actions: ['sts:AssumeRole', 'sts:TagSession'],
      resources: [canaryRolesArn(placeOf(scope), controllerName)],
      conditions: { StringEquals: { [`aws:RequestTag/${FUNCTION_TAG}`]: name } },
    },
  ]
}

/** Lines in its own log group: what every function needs to be seen at all. */
export function logGrant(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    // The group's ARN with all of its streams.
    resources: [logGroup.logGroupArn],
  })
}
