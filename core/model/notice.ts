import { noticeMessage } from './notice-message.ts'
import { type Rollout, wishToStop } from './rollout.ts'
import type { Weight } from './routing.ts'
import type { Slot } from './slot.ts'
import type { Verdict } from './verdict.ts'

export type NoticeState = 'started' | 'shifted' | 'held' | 'promoted' | 'failed-back'

/**
 * `critical`: a version did harm, or could not be rolled out. `warning`: a person is waited for, or one ended it, or a
 * newer revision did. `info`: all goes as it should.
 */
export type Severity = 'info' | 'warning' | 'critical'

/**
 * What the outside may want to know of a rollout. Published after the fact, at least once; losing one loses no
 * traffic. `started` means that the rollout was prepared, `shifted` that the weight was read back, `failed-back`
 * that the baseline was.
 */
export interface RolloutNotice {
  readonly canary: string
  readonly rollout: string
  /** Name of the execution that holds the rollout: what to look at. */
  readonly execution: string
  readonly state: NoticeState
  readonly severity: Severity
  /** One or two sentences for a chat. */
  readonly message: string
  readonly candidate: Slot
  readonly revision: string
  /** 0 before the first shift, then 1…n. */
  readonly step: number
  /** The candidate's achieved share. */
  readonly weight: Weight
  readonly reason: string
  /** The last verdict of each check; none before the first look. */
  readonly evidence: readonly Pick<Verdict, 'check' | 'kind' | 'reason'>[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** A notice of the record as it stands now. */
export function noticeOf(
  record: Rollout,
  state: NoticeState,
  at: number,
  reason = record.reason,
): RolloutNotice {
  const { canary, rollout, candidate, revision, step, achieved: weight } = record
  return {
    canary,
    rollout,
    execution: record.hold.execution,
    state,
    severity: severityOf(record, state),
    message: noticeMessage(record, state, reason),
    candidate,
    revision,
    step,
    weight,
    reason,
    evidence: record.evidence.map(({ check, kind, reason }) => ({ check, kind, reason })),
    at,
  }
}

function severityOf(record: Rollout, state: NoticeState): Severity {
  if (state === 'held') return 'warning'
  if (state !== 'failed-back') return 'info'
  const asked = wishToStop({ ...record, status: 'failed-back' }) !== undefined
  return asked ? 'warning' : 'critical'
}
