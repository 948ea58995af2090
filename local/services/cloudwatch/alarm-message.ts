import { ACCOUNT } from '../../account.ts'
import type { Alarm, AlarmState } from './alarm.ts'
import { trigger } from './watched.ts'

const REGION_NAME = 'US East (N. Virginia)'

const time = (at: Date): string => at.toISOString().replace('Z', '+0000')

/** What an alarm that changes its state publishes to its topics. */
export const alarmMessage = (alarm: Alarm, previous: AlarmState) => ({
  subject: `${alarm.state.value}: "${alarm.name}" in ${REGION_NAME}`.slice(0, 100),
  message: JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: ACCOUNT,
    AlarmConfigurationUpdatedTimestamp: time(alarm.configuredAt),
    NewStateValue: alarm.state.value,
    NewStateReason: alarm.state.reason,
    StateChangeTime: time(alarm.state.since),
    Region: REGION_NAME,
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    Trigger: {
      ...trigger(alarm.watched, alarm.periodSeconds),
      EvaluationPeriods: alarm.evaluationPeriods,
      DatapointsToAlarm: alarm.datapointsToAlarm,
      ComparisonOperator: alarm.comparison,
      Threshold: alarm.threshold,
      TreatMissingData: alarm.treatMissingData,
      EvaluateLowSampleCountPercentile: '',
    },
  }),
})
