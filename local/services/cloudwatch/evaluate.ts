import type { StateValue } from '@aws-sdk/client-cloudwatch'
import type { Alarm, TreatMissingData } from './alarm.ts'

export type Evaluation =
  | { readonly kind: 'state'; readonly value: StateValue; readonly reason: string }
  /** Data is missing and the alarm is told to stay as it is. */
  | { readonly kind: 'stay' }

/**
 * CloudWatch looks a little further back than it must, so that a late point does not count as a missing one.
 * (Amazon CloudWatch user guide, "Configuring how alarms treat missing data".)
 */
export const EXTRA_PERIODS = 2

/**
 * Decides a state from whether each known point breaches, newest first, at most `evaluationPeriods` of them.
 *
 * For 3 of 3 (X breaches, 0 does not, - is missing), as the guide's table has it:
 *
 *     points      missing            ignore  breaching  notBreaching
 *     0 - X - X   OK                 OK      OK         OK
 *     - - - - 0   OK                 OK      OK         OK
 *     - - - - -   INSUFFICIENT_DATA  stay    ALARM      OK
 *     0 X X - X   ALARM              ALARM   ALARM      ALARM
 *     - - X - -   ALARM              stay    ALARM      OK
 */
export const evaluate = (
  alarm: Pick<
    Alarm,
    'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData' | 'threshold' | 'comparison'
  >,
  breaches: readonly boolean[],
): Evaluation => {
  const known = breaches.slice(0, alarm.evaluationPeriods)
  const missing = alarm.evaluationPeriods - known.length
  const breaching = known.filter(Boolean).length
  const needed = alarm.datapointsToAlarm
  const said = `${breaching} of ${known.length} datapoints breach ${alarm.comparison} ${alarm.threshold}, ${missing} of ${alarm.evaluationPeriods} are missing (treated as ${alarm.treatMissingData})`
  const state = (value: StateValue): Evaluation => ({ kind: 'state', value, reason: said })
  if (breaching >= needed) return state('ALARM')
  if (missing === 0) return state('OK')

  const byTreatment: Record<TreatMissingData, () => Evaluation> = {
    breaching: () => state(breaching + missing >= needed ? 'ALARM' : 'OK'),
    notBreaching: () => state('OK'),
    ignore: () => (breaching === known.length ? { kind: 'stay' } : state('OK')),
    missing: () => {
      if (known.length === 0) return state('INSUFFICIENT_DATA')
      return state(breaching >= Math.min(needed, known.length) ? 'ALARM' : 'OK')
    },
  }
  return byTreatment[alarm.treatMissingData]()
}
