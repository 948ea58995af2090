import type { FunctionName } from '../../infra/function-names.ts'

const ROUTERS = ['DescribeRules', 'DescribeListeners', 'ListResourceRecordSets']
const RECORD = ['GetItem', 'UpdateItem']
const SCALING = ['DescribeScalableTargets', 'RegisterScalableTarget']

/** What each function asks of AWS: where faults are aimed at, so that the rarest call is struck as often as any other. */
export const CALLS: Readonly<Partial<Record<FunctionName, readonly string[]>>> = {
  trigger: [
    'Query',
    'AssumeRole',
    'DescribeServices',
    ...RECORD,
    'StartExecution',
    'SendTaskSuccess',
  ],
  retrigger: [...RECORD, 'AssumeRole', 'DescribeServices', 'StartExecution', 'SendMessage'],
  prepare: [...RECORD, 'AssumeRole', 'DescribeServices', 'DescribeAlarms', ...ROUTERS, 'PutEvents'],
  ready: [
    ...[...RECORD, 'AssumeRole', 'DescribeServices', 'DescribeTargetHealth', 'Invoke', 'PutEvents'],
    ...[...SCALING, 'UpdateService'],
  ],
  shift: [
    ...[...RECORD, 'AssumeRole', 'DescribeServices', ...ROUTERS],
    ...['ModifyRule', 'ModifyListener', 'ChangeResourceRecordSets'],
  ],
  verify: [...RECORD, 'AssumeRole', ...ROUTERS, 'GetChange', 'PutEvents'],
  bake: [...RECORD, 'SendTaskSuccess'],
  assess: [
    ...[...RECORD, 'AssumeRole', 'DescribeServices', 'ListTasks', 'DescribeTasks'],
    ...['DescribeTargetHealth', 'DescribeAlarms', 'GetMetricData', 'Invoke', 'PutEvents'],
    ...[...SCALING, 'UpdateService'],
  ],
  promote: [
    ...[...RECORD, 'AssumeRole', 'DescribeServices', ...ROUTERS, 'PutEvents'],
    'RegisterScalableTarget',
  ],
  'fail-back': [
    ...[
      ...RECORD,
      'AssumeRole',
      'DescribeServices',
      ...ROUTERS,
      'GetChange',
      'Invoke',
      'PutEvents',
    ],
    ...['ModifyRule', 'ModifyListener', 'ChangeResourceRecordSets', 'UpdateService'],
    'RegisterScalableTarget',
  ],
  'scale-down': [
    ...[...RECORD, 'AssumeRole', 'DescribeServices', ...ROUTERS, 'UpdateService'],
    ...SCALING,
  ],
  signal: ['Query', ...RECORD, 'SendTaskSuccess'],
  approve: [...RECORD, 'SendTaskSuccess'],
  guard: ['GetItem', 'StartExecution', 'DescribeExecution', 'SendMessage'],
}

/** Operations that have no effect to lose. */
export const READS = /^(Get|Describe|List|Query|AssumeRole)/
