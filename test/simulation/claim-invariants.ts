import type { CanaryState } from '../../core/model/canary-state.ts'
import { candidateOf, rolloutId } from '../../core/model/canary-state.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import type { Slot } from '../../core/model/slot.ts'
import type { Journal } from './journal.ts'

export interface Claims {
  /** Revisions that were ever deployed to a slot. */
  readonly deployed: (slot: Slot) => ReadonlySet<string>
  /** Names of all executions that ever were. */
  readonly executions: () => readonly string[]
}

/** A rollout for each reason to have one, and one execution for each rollout: whatever events came, and how often. */
export function createClaimInvariants(
  { deployed, executions }: Claims,
  { violated }: Pick<Journal, 'violated'>,
) {
  return {
    state(before: CanaryState, after: CanaryState): void {
      if (after.attempt === before.attempt) return
      if (after.attempt !== before.attempt + 1) {
        violated('attempts rise', `${before.attempt} became ${after.attempt}`)
      }
      const { revision = '', activeRollout } = after
      if (!deployed(candidateOf(after)).has(revision)) {
        violated('alien events change nothing', `${activeRollout} is of ${revision}`)
      }
      if (before.triggered && before.revision === revision) {
        violated('duplicates change nothing', `${activeRollout} is of ${revision} once more`)
      }
    },
    /** Promise 7. */
    rollout({ rollout, definition, step, timeline }: Rollout): void {
      if (definition) return
      if (step > 0 || timeline.some(({ weight }) => weight !== undefined && weight > 0)) {
        violated('a broken definition moves nothing', `${rollout} is at step ${step}`)
      }
    },
    ended({ canary, attempt }: CanaryState): void {
      const claimed = new Set(
        Array.from({ length: attempt }, (_, index) => rolloutId(canary, index + 1)),
      )
      for (const name of executions()) {
        if (name.startsWith('by-hand-')) continue
        const rollout = name.replace(/-guard-\d+$/, '')
        if (!claimed.has(rollout)) violated('one execution a claim', `${name} has no claim`)
      }
    },
  }
}
