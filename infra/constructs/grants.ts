import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { FunctionName } from '../function-names.ts'
import { CANDIDATE_INDEX, type RecordsTable } from './records-table.ts'

/** What grants are made on. Services, rules and zones are not known before a `Canary` names them. */
export interface GrantPlaces {
  readonly table: RecordsTable
  readonly stateMachineArn: string
  readonly eventBus: string
}

type Statement = Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>

/** What a use case may need of AWS, each by the calls that its adapter makes. */
function statements(scope: Construct, { table, stateMachineArn, eventBus }: GrantPlaces) {
  const arn = (service: string, resource: string, account = true) =>
    Stack.of(scope).formatArn({
      service,
      resource,
      ...(account ? {} : { region: '', account: '' }),
    })
  return {
    read: { actions: ['dynamodb:GetItem'], resources: [table.tableArn] },
    write: { actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] },
    remove: { actions: ['dynamodb:DeleteItem'], resources: [table.tableArn] },
    findByCandidate: {
      actions: ['dynamodb:Query'],
      resources: [`${table.tableArn}/index/${CANDIDATE_INDEX}`],
    },
    start: { actions: ['states:StartExecution'], resources: [stateMachineArn] },
    answer: { actions: ['states:SendTaskSuccess'], resources: [stateMachineArn] },
    publish: {
      actions: ['events:PutEvents'],
      resources: [arn('events', `event-bus/${eventBus}`)],
      conditions: { StringEquals: { 'events:source': 'sluice' } },
    },
    describeServices: {
      actions: ['ecs:DescribeServices'],
      resources: [arn('ecs', 'service/*')],
    },
    scaleServices: { actions: ['ecs:UpdateService'], resources: [arn('ecs', 'service/*')] },
    listTasks: {
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnLike: { 'ecs:cluster': arn('ecs', 'cluster/*') } },
    },
    describeTasks: { actions: ['ecs:DescribeTasks'], resources: [arn('ecs', 'task/*')] },
    targetHealth: {
      actions: ['elasticloadbalancing:DescribeTargetHealth'],
      resources: ['*'],
    },
    readRules: {
      actions: ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeListeners'],
      resources: ['*'],
    },
    writeRules: {
      actions: ['elasticloadbalancing:ModifyRule', 'elasticloadbalancing:ModifyListener'],
      resources: [
        arn('elasticloadbalancing', 'listener-rule/app/*'),
        arn('elasticloadbalancing', 'listener/app/*'),
      ],
    },
    /**
     * A rule is written whole, and Elastic Load Balancing looks its authenticate-cognito actions up as the caller.
     * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ElasticLoadBalancingFullAccess.html
     */
    keepAuthentication: {
      actions: ['cognito-idp:DescribeUserPoolClient'],
      resources: [arn('cognito-idp', 'userpool/*')],
    },
    readRecords: {
      actions: ['route53:ListResourceRecordSets'],
      resources: [arn('route53', 'hostedzone/*', false)],
    },
    writeRecords: {
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [arn('route53', 'hostedzone/*', false)],
      // Sluice sets weights of address records that stand already. It deletes nothing.
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
        },
      },
    },
    readChange: {
      actions: ['route53:GetChange'],
      resources: [arn('route53', 'change/*', false)],
    },
    // Not `alarm:*`: composite alarms would be missing from the answer, as if they did not exist.
    alarms: { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] },
    metrics: { actions: ['cloudwatch:GetMetricData'], resources: ['*'] },
  } satisfies Record<string, Statement>
}

type Grant = keyof ReturnType<typeof statements>

const RECORDS = ['read', 'write'] as const
const READ_ROUTING = ['readRules', 'readRecords'] as const
const WRITE_ROUTING = ['writeRules', 'keepAuthentication', 'writeRecords'] as const

/** By function, what its use case calls; the ports that `functions/<name>/index.ts` connects say the same. */
const NEEDS: Readonly<Record<FunctionName, readonly Grant[]>> = {
  trigger: ['findByCandidate', ...RECORDS, 'describeServices', 'start', 'answer'],
  retrigger: [...RECORDS, 'describeServices', 'start'],
  prepare: [...RECORDS, 'describeServices', 'alarms', ...READ_ROUTING, 'publish'],
  ready: [...RECORDS, 'describeServices', 'targetHealth'],
  shift: [...RECORDS, 'describeServices', 'scaleServices', ...READ_ROUTING, ...WRITE_ROUTING],
  verify: [...RECORDS, ...READ_ROUTING, 'readChange', 'publish'],
  bake: [...RECORDS, 'answer'],
  assess: [
    ...RECORDS,
    'describeServices',
    'listTasks',
    'describeTasks',
    'targetHealth',
    'alarms',
    'metrics',
    'publish',
  ],
  promote: [...RECORDS, 'describeServices', ...READ_ROUTING, 'publish'],
  'fail-back': [
    ...RECORDS,
    'describeServices',
    'scaleServices',
    ...READ_ROUTING,
    ...WRITE_ROUTING,
    'readChange',
    'publish',
  ],
  signal: ['findByCandidate', ...RECORDS, 'answer'],
  guard: ['read', 'start'],
  define: [...RECORDS, 'remove', 'describeServices', 'targetHealth', 'alarms', ...READ_ROUTING],
}

export function grantsOf(
  scope: Construct,
  name: FunctionName,
  places: GrantPlaces,
): readonly PolicyStatement[] {
  const all: Readonly<Record<Grant, Statement>> = statements(scope, places)
  return NEEDS[name].map((grant) => new PolicyStatement(all[grant]))
}
