import type { Rollout } from '../../core/model/rollout.ts'

/** What a rollout waits for, and until when at the longest. */
export interface Wait {
  readonly for: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/**
 * When the rollout may be promoted at the earliest, if every check passes from now on: what is left of this step's
 * bake, and the bakes of the steps after it. Undefined once it has ended, fails back, or before its plan is known.
 */
export function earliestEnd(rollout: Rollout, now: number): number | undefined {
  const plan = rollout.definition?.plan
  if (!plan || rollout.outcome !== undefined || rollout.status === 'failing-back') return undefined
  const bakeOf = (step: number) => (plan[step - 1]?.bake ?? 0) * 1_000
  let end = now
  if (rollout.step > 0) end = Math.max(now, bakeEnd(rollout) ?? now + bakeOf(rollout.step))
  for (let step = rollout.step + 1; step <= plan.length; step++) end += bakeOf(step)
  return end
}

/** When the present step's bake is over, once its shift was verified. */
export function bakeEnd({ definition, progress, step }: Rollout): number | undefined {
  const bake = definition?.plan[step - 1]?.bake
  if (bake === undefined || !progress || step === 0) return undefined
  return progress.startedAt + bake * 1_000
}

/** What the rollout waits for now, if that has an end of its own. */
export function presentWait(rollout: Rollout): Wait | undefined {
  const { status, deadline, progress, definition } = rollout
  if (status === 'waiting' && deadline !== undefined) {
    return { for: 'the candidate is not ready', until: deadline }
  }
  if (status === 'holding' && progress?.heldSince !== undefined && definition) {
    return { for: 'nobody answers', until: progress.heldSince + definition.holdTimeout * 1_000 }
  }
  return undefined
}
