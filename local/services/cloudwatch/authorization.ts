import type {
  DeleteAlarmsInput,
  PutMetricAlarmInput,
  PutMetricDataInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch'
import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll } from '../../wire/authorization.ts'

const alarm = (name: string | undefined): string => arnOf('cloudwatch', `alarm:${name ?? ''}`)

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const authorization: Authorization = {
  PutMetricData: ({ Namespace: namespace = '' }: PutMetricDataInput) =>
    onAll('cloudwatch:PutMetricData', { 'cloudwatch:namespace': namespace }),
  GetMetricData: () => onAll('cloudwatch:GetMetricData'),
  ListMetrics: () => onAll('cloudwatch:ListMetrics'),
  PutMetricAlarm: ({ AlarmName: name }: PutMetricAlarmInput) =>
    on('cloudwatch:PutMetricAlarm', alarm(name)),
  // Of all alarms, whichever it asks for.
  DescribeAlarms: () => on('cloudwatch:DescribeAlarms', alarm('*')),
  DeleteAlarms: ({ AlarmNames: names = [] }: DeleteAlarmsInput) =>
    on('cloudwatch:DeleteAlarms', names.map(alarm)),
  SetAlarmState: ({ AlarmName: name }: SetAlarmStateInput) =>
    on('cloudwatch:SetAlarmState', alarm(name)),
}
