import type { WorkflowInput } from '../ports.ts'
import { without } from './rollout.ts'
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
  /** What the last claim was made for: a task that ran, or a reset of `Triggered`. */
  readonly cause?: string
  /** How often a rollout was claimed. */
  readonly attempt: number
  readonly live: Slot
  /**
   * The candidate's service as `cluster/service`; the index that events are looked up by. Absent while the canary has
   * no definition: then no event is about it.
   */
  readonly candidateService?: string
  /** Both services, so that promotion can swap without the definition: `cluster/service` per slot. */
  readonly services: Readonly<Record<Slot, string>>
  /** ARN of the definition's role, kept in step with it: events are looked up without the definition. */
  readonly role?: string
  /** Id of the rollout that holds the canary, if one does. */
  readonly activeRollout?: string
  /** The active rollout's execution; absent between claim and start. */
  readonly execution?: string
  /** A newer revision that arrived during the active rollout and waits for its end. */
  readonly waitingRevision?: string
  /** What `Scale Down` took of the slot that is not live, until that slot is promoted again. */
  readonly scaledDown?: ScaledDown
  readonly lastRollout?: string
  readonly lastOutcome?: 'promoted' | 'failed-back'
}

/** A slot as it was before it was scaled down: for whoever deploys to it next, and for its next promotion. */
export interface ScaledDown {
  readonly slot: Slot
  /** After whose promotion. */
  readonly rollout: string
  /** What its desired count, and its autoscaling minimum, were set to. */
  readonly to: number
  readonly desiredCount: number
  /** Its autoscaling minimum, where that was above `to`. */
  readonly minimum?: number
}

/** What to do about a slot that was scaled down to nothing; ends a sentence. */
export function scaledUp({ rollout, desiredCount }: ScaledDown): string {
  return `it was scaled down after ${rollout}: set it to ${Math.max(1, desiredCount)} again`
}

export function candidateOf(state: CanaryState): Slot {
  return otherSlot(state.live)
}

/** `<canary>-<attempt>`: the rollout's id and its execution's name. */
export function rolloutId(canary: string, attempt: number): string {
  return `${canary}-${attempt}`
}

/** The state of a canary that is new: armed, and nothing has run. */
export function newState(
  canary: string,
  live: Slot,
  services: Readonly<Record<Slot, string>>,
  role?: string,
): CanaryState {
  return {
    canary,
    triggered: false,
    attempt: 0,
    live,
    services,
    candidateService: services[otherSlot(live)],
    ...(role === undefined ? {} : { role }),
  }
}

/** The next attempt, claimed for `revision` because of `cause`. */
export function claimed(state: CanaryState, revision: string, cause?: string): CanaryState {
  const attempt = state.attempt + 1
  return {
    ...without(state, 'execution', 'waitingRevision'),
    triggered: true,
    revision,
    ...(cause === undefined ? {} : { cause }),
    attempt,
    activeRollout: rolloutId(state.canary, attempt),
  }
}

/** What the claimed attempt's execution is started with. @throws where nothing is claimed. */
export function claimOf(state: CanaryState): WorkflowInput {
  if (state.activeRollout === undefined || state.revision === undefined) {
    throw new TypeError(`canary ${state.canary} has no claim to start`)
  }
  return {
    canary: state.canary,
    rollout: state.activeRollout,
    attempt: state.attempt,
    candidate: candidateOf(state),
    revision: state.revision,
  }
}

/**
 * The state after the active rollout has ended; unchanged if it is not the active one (any more).
 *
 * After a promotion the old slot's present revision counts as triggered: when one of its tasks is replaced,
 * the RUNNING event must not start a rollout back to the old version. After a fail back a revision that waited
 * is armed by resetting `Triggered`, which is what people do too: the table's stream takes it from there.
 */
export function settled(
  state: CanaryState,
  rollout: string,
  end:
    | { readonly outcome: 'promoted'; readonly idleRevision: string }
    | { readonly outcome: 'failed-back' },
): CanaryState {
  if (state.activeRollout !== rollout) return state
  const ended = {
    ...without(state, 'activeRollout', 'execution', 'waitingRevision'),
    lastRollout: rollout,
    lastOutcome: end.outcome,
  }
  if (end.outcome === 'failed-back') {
    return { ...ended, triggered: state.triggered && state.waitingRevision === undefined }
  }
  return {
    ...without(ended, 'scaledDown'),
    triggered: true,
    revision: end.idleRevision,
    live: otherSlot(state.live),
    ...(state.candidateService === undefined
      ? {}
      : { candidateService: state.services[state.live] }),
  }
}
