import { otherSlot, type Slot } from './slot.ts'

/**
 * The `state` record: which slot is live, what was triggered last, and which rollout is active.
 * People open it in the table and reset `Triggered`.
 */
export interface CanaryState {
  readonly canary: string
  /** False means armed: the next RUNNING task of the candidate starts a rollout. */
  readonly triggered: boolean
  /** The revision that the last claim was for. */
  readonly revision?: string
  /** How often a rollout was claimed. */
  readonly attempt: number
  readonly live: Slot
  /** The candidate's service as `cluster/service`; the index that events are looked up by. */
  readonly candidateService: string
  /** Both services, so that promotion can swap without the definition: `cluster/service` per slot. */
  readonly services: Readonly<Record<Slot, string>>
  /** Id of the rollout that holds the canary, if one does. */
  readonly activeRollout?: string
  /** The active rollout's execution; absent between claim and start. */
  readonly execution?: string
  /** A newer revision that arrived during the active rollout and waits for its end. */
  readonly waitingRevision?: string
  readonly lastRollout?: string
  readonly lastOutcome?: 'promoted' | 'failed-back'
}

export function candidateOf(state: CanaryState): Slot {
  return otherSlot(state.live)
}

/** `<canary>-<attempt>`: the rollout's id and its execution's name. */
export function rolloutId(canary: string, attempt: number): string {
  return `${canary}-${attempt}`
}
