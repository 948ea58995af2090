import type { GateKind } from '../../core/model/gate.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import { shownDuration } from './text.ts'

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

/** What the rollout waits for now, and what becomes of that, if it has an end of its own. */
export function presentWait(rollout: Rollout, now: number): string | undefined {
  const { status, deadline, progress, definition, gate } = rollout
  const left = (until: number) => shownDuration(until - now)
  if (gate?.until !== undefined) {
    const answer = definition?.approval.onTimeout === 'approve' ? 'goes on' : 'fails back'
    const ends: Readonly<Record<GateKind, string>> = {
      pause: `fails back in ${left(gate.until)} if nobody resumes it`,
      line: `looked at again in ${left(gate.until)}`,
      freeze: `the freeze is over in ${left(gate.until)}`,
      window: `the test window is over in ${left(gate.until)}`,
      approval: `${answer} in ${left(gate.until)} if nobody answers`,
      capacity: `fails back in ${left(gate.until)} if the capacity is still not there`,
    }
    return ends[gate.kind]
  }
  if (status === 'waiting' && deadline !== undefined) {
    return `fails back in ${left(deadline)} if the candidate is still not ready`
  }
  if (status === 'holding' && progress?.heldSince !== undefined && definition) {
    return `fails back in ${left(progress.heldSince + definition.holdTimeout * 1_000)} if nobody answers`
  }
  return undefined
}
