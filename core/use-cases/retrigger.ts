import { type CanaryState, claimOf, newState, scaledUp } from '../model/canary-state.ts'
import { canaryName, slotSchema } from '../model/places.ts'
import { without } from '../model/rollout.ts'
import { otherSlot, SLOTS, serviceKey } from '../model/slot.ts'
import * as z from '../model/zod.ts'
import type { Ports, Reaching, ServiceView } from '../ports.ts'
import { claimAndStart, startClaimed, type TriggerResult } from './trigger.ts'

/** A change of the table, as its stream tells it. */
export type TableChange =
  | { readonly record: 'definition'; readonly canary: string }
  | {
      readonly record: 'state'
      readonly canary: string
      readonly before: StateImage | undefined
      readonly after: StateImage
    }

/** Of a state, what tells that there is something to do. */
interface StateImage {
  readonly triggered: boolean
  readonly activeRollout?: string
}

type RetriggerPorts = Pick<Ports, 'clock' | 'store' | 'workflows' | 'reminders'> &
  Reaching<'services'>

/**
 * Follows a change of the table: a definition gets its state (which starts nothing), a canary without one is looked up
 * by no event any more, and `Triggered` going from
 * true to false starts a new attempt of the candidate's present revision. A rollout that became active gets its reminder
 * (ADR 0035).
 */
export async function retrigger(
  ports: RetriggerPorts,
  change: TableChange,
): Promise<TriggerResult> {
  if (change.record === 'definition') return initialise(ports, change.canary)
  const { canary, before, after } = change
  const reset = before?.triggered === true && !after.triggered
  const began = before?.activeRollout === after.activeRollout ? undefined : after.activeRollout
  if (!reset && began === undefined && !after.triggered) {
    return ignored(canary, 'Triggered was not reset')
  }
  return follow(ports, canary, { reset, began })
}

const { cluster, service } = slotSchema.shape

/** Only what a state is made of: a definition broken elsewhere still gets one, so that its rollout can say why. */
const placesSchema = z.object({
  live: z._default(z.enum(SLOTS), 'blue'),
  slots: z.object({
    blue: z.object({ cluster, service }),
    green: z.object({ cluster, service }),
  }),
  /** Even a broken one: the error of assuming it names it, where an absent one would be denied without a reason. */
  role: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
})

async function initialise(ports: RetriggerPorts, canary: string): Promise<TriggerResult> {
  const name = canaryName.safeParse(canary)
  if (!name.success) {
    return ignored(
      canary,
      `Canary ("${canary}"): ${name.error.issues[0]?.message}; write the definition under another`,
    )
  }
  const written = await ports.store.readDefinition(canary)
  if (written === undefined) return withdraw(ports, canary)
  const places = placesSchema.safeParse(written)
  if (!places.success) {
    const [issue] = places.error.issues
    return ignored(
      canary,
      `the definition names no two services: ${issue?.path.join('.')}: ${issue?.message}`,
    )
  }
  const { live, slots, role } = places.data
  const services = { blue: serviceKey(slots.blue), green: serviceKey(slots.green) }
  const created = await ports.store.createState(newState(canary, live, services, role))
  if (created === 'exists') {
    await ports.store.amendState(canary, (seen) => ({
      ...without(seen, 'role'),
      services,
      candidateService: services[otherSlot(seen.live)],
      ...(role === undefined ? {} : { role }),
    }))
  }
  return ignored(canary, 'a definition alone starts nothing')
}

/** Everything else of the state stays: who defines the canary again finds it as it was. */
async function withdraw(ports: RetriggerPorts, canary: string): Promise<TriggerResult> {
  const state = await ports.store.readState(canary)
  if (state?.candidateService !== undefined) {
    await ports.store.amendState(canary, (seen) => without(seen, 'candidateService'), state)
  }
  return ignored(canary, 'the canary has no definition any more: no event is about it')
}

/**
 * A claim that has no execution is started, whatever the change was: the claim's own record in the stream outlives an
 * outage that its event's retries did not. Mostly the event's handler has done it by now, or does it at this moment,
 * which is the same.
 */
async function follow(
  ports: RetriggerPorts,
  canary: string,
  { reset, began }: { readonly reset: boolean; readonly began?: string | undefined },
): Promise<TriggerResult> {
  const seen = await ports.store.readState(canary)
  if (!seen) return ignored(canary, 'the canary has no state')
  // First: whatever becomes of the start, somebody comes back to the claim.
  if (began !== undefined && seen.activeRollout === began) await ports.reminders.put(claimOf(seen))
  if (seen.activeRollout !== undefined && seen.execution === undefined) {
    return startClaimed(ports, seen, 'resumed')
  }
  return reset ? rearm(ports, seen) : ignored(canary, 'Triggered was not reset')
}

async function rearm(ports: RetriggerPorts, seen: CanaryState): Promise<TriggerResult> {
  const { canary } = seen
  if (seen.triggered) return ignored(canary, 'Triggered is true again')
  if (seen.activeRollout !== undefined) {
    // Reset while a rollout runs: what the person wants is another one, and only after this one.
    const state = await ports.store.amendState(
      canary,
      (present) =>
        present.activeRollout !== undefined && !present.triggered
          ? { ...present, triggered: true, waitingRevision: present.revision ?? '' }
          : present,
      seen,
    )
    if (state.activeRollout !== undefined) {
      return {
        kind: 'queued',
        canary,
        rollout: state.activeRollout,
        reason: `starts again when ${state.activeRollout} has failed back`,
      }
    }
    return follow(ports, canary, { reset: true })
  }
  if (seen.candidateService === undefined) return ignored(canary, 'the canary has no definition')
  const service = await candidateService(ports, seen, seen.candidateService)
  if (!service) return ignored(canary, `ECS has no service ${seen.candidateService}`)
  if (service.desiredCount === 0) {
    const mend = seen.scaledDown ? scaledUp(seen.scaledDown) : 'set it to at least 1'
    return ignored(
      canary,
      `${seen.candidateService}'s desired count is 0; ${mend}, and its first task starts a rollout`,
    )
  }
  if (service.primary.runningCount < 1) {
    return ignored(
      canary,
      `no task of ${seen.candidateService}'s PRIMARY deployment runs; the next RUNNING event starts it`,
    )
  }
  return claimAndStart(
    ports,
    seen,
    { revision: service.primary.revision, cause: 'Triggered was reset in the table' },
    (present) =>
      !present.triggered &&
      present.activeRollout === undefined &&
      present.candidateService === seen.candidateService,
  )
}

async function candidateService(
  ports: RetriggerPorts,
  state: CanaryState,
  key: string,
): Promise<ServiceView | undefined> {
  const [cluster = '', service = ''] = key.split('/')
  return ports.reachOf(state).services.describe({ cluster, service })
}

function ignored(canary: string, reason: string): TriggerResult {
  return { kind: 'ignored', canary, reason }
}
