import type { Alarm, AlarmState } from './alarm.ts'
import { eventMetrics } from './watched.ts'

/** What the event bus is given; it adds the envelope. */
export interface AlarmEvent {
  readonly source: 'aws.cloudwatch'
  readonly detailType: 'CloudWatch Alarm State Change'
  readonly resources: readonly string[]
  readonly detail: object
}

/** `2026-11-20T21:50:00.000+0000`, as CloudWatch writes times in this event. */
const time = (at: Date): string => at.toISOString().replace('Z', '+0000')

const shown = (state: AlarmState): object => ({
  value: state.value,
  reason: state.reason,
  ...(state.reasonData !== undefined && { reasonData: state.reasonData }),
  timestamp: time(state.since),
})

export const alarmStateChange = (alarm: Alarm, previous: AlarmState): AlarmEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  resources: [alarm.arn],
  detail: {
    alarmName: alarm.name,
    state: shown(alarm.state),
    previousState: shown(previous),
    configuration: {
      ...(alarm.description !== undefined && { description: alarm.description }),
      metrics: eventMetrics(alarm.watched, alarm.periodSeconds),
    },
  },
})
