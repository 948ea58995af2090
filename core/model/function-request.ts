import type { HookPoint } from './hooks.ts'
import type { SlotDefinition } from './places.ts'
import { otherSlot, type Slot } from './slot.ts'

/** What a team's function is sent. Times are ISO 8601, weights percent. Fields are added, never changed. */
export interface FunctionRequest {
  readonly version: 1
  /** The same at every invocation of the same run: the key to do it once by. */
  readonly id: string
  readonly kind: 'check' | 'hook'
  readonly name: string
  /** Of a hook. */
  readonly point?: HookPoint
  /** How often this run was asked, this time included. */
  readonly attempt: number
  readonly canary: string
  readonly rollout: string
  /** Task definition that the candidate runs. */
  readonly revision: string
  readonly candidate: FunctionPlace
  readonly live: FunctionPlace
  /** 0 before the first shift. */
  readonly step: number
  readonly steps: number
  /** The candidate's achieved share. */
  readonly weight: number
  readonly startedAt: string
  /** Why the rollout failed back; of `afterFailBack`. */
  readonly reason?: string
  readonly input: unknown
}

interface FunctionPlace {
  readonly slot: Slot
  readonly cluster: string
  readonly service: string
  readonly targetGroup?: string
}

/** What of a rollout a request tells. */
export interface RequestSubject {
  readonly canary: string
  readonly rollout: string
  readonly revision: string
  readonly candidate: Slot
  readonly slots: Readonly<Record<Slot, SlotDefinition>>
  readonly step: number
  readonly steps: number
  readonly weight: number
  /** Milliseconds since the epoch. */
  readonly rolloutStartedAt: number
}

export function functionRequest(
  subject: RequestSubject,
  what: Pick<FunctionRequest, 'id' | 'kind' | 'name' | 'point' | 'attempt' | 'reason' | 'input'>,
): FunctionRequest {
  const { canary, rollout, revision, candidate, step, steps, weight } = subject
  return {
    version: 1,
    ...what,
    canary,
    rollout,
    revision,
    candidate: placeOf(subject, candidate),
    live: placeOf(subject, otherSlot(candidate)),
    step,
    steps,
    weight,
    startedAt: new Date(subject.rolloutStartedAt).toISOString(),
  }
}

function placeOf({ slots }: RequestSubject, slot: Slot): FunctionPlace {
  const { cluster, service, targetGroup } = slots[slot]
  return { slot, cluster, service, ...(targetGroup === undefined ? {} : { targetGroup }) }
}
