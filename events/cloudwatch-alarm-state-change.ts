import { ignored, type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

export const ALARM_STATE_CHANGE = 'CloudWatch Alarm State Change'

/**
 * Of metric alarms and composite ones; only what is used.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
const schema = z.looseObject({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal(ALARM_STATE_CHANGE),
  detail: z.looseObject({
    alarmName: z.string().check(z.minLength(1), z.maxLength(255)),
    state: z.looseObject({
      value: z.string(),
      reason: z.optional(z.string()),
      /** Of the change: `2026-11-20T10:15:00.123+0000`. */
      timestamp: z.string().check(z.minLength(1), z.maxLength(64)),
    }),
  }),
})

export interface FiredAlarm {
  readonly alarm: string
  /** When it went to ALARM, as CloudWatch wrote it: the same in every delivery of the event. */
  readonly changed: string
  readonly reason?: string
}

/** An alarm that went to ALARM. */
export function parseFiredAlarm(event: unknown): Parsed<FiredAlarm> {
  const change = read(schema, event, ALARM_STATE_CHANGE)
  if (change.kind === 'ignored') return change
  const { alarmName: alarm, state } = change.value.detail
  const { value, reason, timestamp: changed } = state
  if (value !== 'ALARM') return ignored(`detail.state.value is ${value}, not ALARM`)
  return parsed({ alarm, changed, ...(reason === undefined ? {} : { reason }) })
}
