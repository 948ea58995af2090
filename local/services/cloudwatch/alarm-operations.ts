import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  MetricAlarm,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch'
import { pageOf } from '../../wire/page.ts'
import { AwsError } from '../../wire/service.ts'
import type { Alarm } from './alarm.ts'
import type { AlarmKeeper } from './alarm-keeper.ts'
import { shownWatched } from './watched.ts'

const PAGE = 50
const MAX_PAGE = 100
const STATES: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

const shown = (alarm: Alarm): MetricAlarm => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
  AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
  ActionsEnabled: alarm.actions.enabled,
  OKActions: [...alarm.actions.OK],
  AlarmActions: [...alarm.actions.ALARM],
  InsufficientDataActions: [...alarm.actions.INSUFFICIENT_DATA],
  StateValue: alarm.state.value,
  StateReason: alarm.state.reason,
  ...(alarm.state.reasonData !== undefined && { StateReasonData: alarm.state.reasonData }),
  StateUpdatedTimestamp: alarm.state.since,
  StateTransitionedTimestamp: alarm.state.since,
  ...shownWatched(alarm.watched, alarm.periodSeconds),
  EvaluationPeriods: alarm.evaluationPeriods,
  DatapointsToAlarm: alarm.datapointsToAlarm,
  Threshold: alarm.threshold,
  ComparisonOperator: alarm.comparison,
  TreatMissingData: alarm.treatMissingData,
})

/** Names that are not known are left out of the answer, as on AWS. */
export const describeAlarms = (alarms: AlarmKeeper) => (input: DescribeAlarmsInput) => {
  if (input.AlarmNames && input.AlarmNamePrefix !== undefined) {
    throw new AwsError('ValidationError', 'Give AlarmNames or AlarmNamePrefix, not both')
  }
  const size = input.MaxRecords ?? PAGE
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) {
    throw new AwsError(
      'ValidationError',
      `MaxRecords is ${size}: give an integer from 1 to ${MAX_PAGE}`,
    )
  }
  const wantsMetricAlarms = !input.AlarmTypes || input.AlarmTypes.includes('MetricAlarm')
  const fitting = alarms
    .all()
    .filter(() => wantsMetricAlarms)
    .filter(({ name }) => !input.AlarmNames || input.AlarmNames.includes(name))
    .filter(({ name }) => name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter(({ state }) => input.StateValue === undefined || state.value === input.StateValue)
  const page = pageOf(fitting, (alarm) => alarm.name, {
    marker: input.NextToken,
    // A request by names answers all of them: AWS takes at most 100 names.
    size: input.AlarmNames ? MAX_PAGE : size,
    badMarker: 'InvalidNextToken',
  })
  return {
    MetricAlarms: page.items.map(shown),
    CompositeAlarms: [],
    ...(page.next !== undefined && { NextToken: page.next }),
  }
}

export const deleteAlarms = (alarms: AlarmKeeper) => (input: DeleteAlarmsInput) => {
  for (const name of input.AlarmNames ?? []) alarms.remove(name)
  return {}
}

/** Holds until the alarm is next evaluated, as on AWS. */
export const setAlarmState = (alarms: AlarmKeeper) => (input: SetAlarmStateInput) => {
  const { AlarmName: name = '', StateValue: value, StateReason: reason = '' } = input
  if (!alarms.get(name)) {
    throw new AwsError('ResourceNotFound', `There is no alarm named ${name}`, 404)
  }
  if (value === undefined || !STATES.includes(value)) {
    throw new AwsError(
      'ValidationError',
      `StateValue is ${value}: give one of ${STATES.join(', ')}`,
    )
  }
  alarms.setState(name, { value, reason, reasonData: input.StateReasonData })
  return {}
}
