import type { Rollout } from './rollout.ts'
import type { Weight } from './routing.ts'
import type { Slot } from './slot.ts'
import type { Verdict } from './verdict.ts'

export type NoticeState = 'started' | 'shifted' | 'held' | 'promoted' | 'failed-back'

/**
 * What the outside may want to know of a rollout. Published after the fact, at least once; losing one loses no
 * traffic. `started` means that the rollout was prepared, `shifted` that the weight was read back, `failed-back`
 * that the baseline was.
 */
export interface RolloutNotice {
  readonly canary: string
  readonly rollout: string
  readonly state: NoticeState
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
  const evidence = record.evidence.map(({ check, kind, reason }) => ({ check, kind, reason }))
  return { canary, rollout, state, candidate, revision, step, weight, reason, evidence, at }
}
