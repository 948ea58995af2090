import { HoldLostError, TransientError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { CanaryState, ScaledDown } from '../model/canary-state.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { withEntry, without } from '../model/rollout.ts'
import { otherSlot, revisionName, type Slot, serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, ServiceView, WorkflowInput } from '../ports.ts'
import { endedPosition } from './close.ts'
import { isPrepared, type PreparedRollout } from './hold.ts'

type ScaleDownPorts = Pick<Ports, 'clock' | 'store'> &
  Reaching<'services' | 'autoscaling' | 'routerOf'>

/** A promoted rollout whose definition scales its old slot down. */
interface Subject {
  readonly rollout: PreparedRollout
  readonly old: Slot
  readonly to: number
}

/** What was done, or why nothing was. */
interface Outcome {
  readonly what: 'scaled down' | 'not scaled down'
  readonly why: string
}

/**
 * Takes the tasks of the slot that a promotion left idle. Nobody needs it done: whatever speaks against it leaves them
 * where they are, and whatever fails goes on the timeline.
 *
 * What is taken is on the canary's state before it is, so that whoever deploys to the slot next, and its next
 * promotion, know what it had. A rollout that begins meanwhile gets it back.
 * @throws {TransientError} where a retry may mend it.
 */
export async function scaleDown(
  ports: ScaleDownPorts,
  task: WorkflowTask<WorkflowInput>,
): Promise<Position> {
  const { canary, attempt, rollout: id } = task.input
  const rollout = await ports.store.readRollout(canary, attempt)
  if (rollout?.outcome !== 'promoted' || !isPrepared(rollout) || !rollout.definition.scaleDown) {
    throw new HoldLostError(`rollout ${id} was not promoted; its slots keep their tasks`)
  }
  const { to } = rollout.definition.scaleDown
  const subject = { rollout, old: otherSlot(rollout.candidate), to }
  const { what, why } = await outcomeOf(ports, subject)
  const entry = { at: ports.clock.now(), what, why: brief(why), who: task.execution }
  const told = await ports.store.amendRollout(canary, attempt, (seen) =>
    withEntry(seen ?? rollout, entry),
  )
  return { ...without(endedPosition(told, 'promoted'), 'keepWarm'), reason: `${what}: ${why}` }
}

async function outcomeOf(ports: ScaleDownPorts, subject: Subject): Promise<Outcome> {
  try {
    return await attempted(ports, subject)
  } catch (error) {
    if (error instanceof TransientError) throw error
    return keep(error instanceof Error ? error.message : String(error))
  }
}

async function attempted(ports: ScaleDownPorts, subject: Subject): Promise<Outcome> {
  const { rollout, old, to } = subject
  const { canary, definition } = rollout
  const place = definition.slots[old]
  const name = serviceKey(place)
  const reach = ports.reachOf(definition)
  const state = await ports.store.readState(canary)
  const spoken = againstState(state, subject) ?? (await againstTraffic(reach, subject))
  const service = await reach.services.describe(place)
  const against =
    spoken ??
    (service && state ? againstRevision(service, state) : `ECS has no service ${name} any more`)
  if (against !== undefined || !service || !state) {
    // A try before this one may have taken some of it, and died before it could look once more.
    const begun = state?.scaledDown?.rollout === rollout.rollout ? state.scaledDown : undefined
    return begun ? givenBack(ports, reach, subject, begun, `${against}`) : keep(`${against}`)
  }

  const taken = await writtenAhead(ports, subject, state, service)
  if ('against' in taken) return keep(taken.against)
  const { had } = taken
  if (had.minimum !== undefined) await reach.autoscaling.setMinimum(place, to)
  if (service.desiredCount > to) await reach.services.setDesiredCount(place, to)

  const late = await spokenSince(ports, reach, subject)
  if (late !== undefined) return givenBack(ports, reach, subject, had, late)
  return { what: 'scaled down', why: `${name} from ${had.desiredCount} tasks to ${to}` }
}

function keep(why: string): Outcome {
  return { what: 'not scaled down', why }
}

/** What the canary's state says against it. Since the promotion the slots' roles, and what runs, must be the same. */
function againstState(state: CanaryState | undefined, { rollout, old }: Subject) {
  if (!state) return 'the canary has no state any more'
  if (state.activeRollout !== undefined) return `${state.activeRollout} is active`
  if (state.live === old) return `${old} is live again`
  if (state.lastRollout !== rollout.rollout) return `${state.lastRollout} has ended since`
  return state.triggered ? undefined : 'Triggered was reset: another rollout is wanted'
}

async function againstTraffic(
  { routerOf }: Pick<Reach, 'routerOf'>,
  { rollout, old }: Subject,
): Promise<string | undefined> {
  const { weights, place } = await routerOf(rollout.definition).read()
  return weights[old] === 0 ? undefined : `${place} gives ${old} a weight of ${weights[old]}`
}

/** After a promotion the state's revision is what the old slot runs. */
function againstRevision({ primary, ref }: ServiceView, state: CanaryState): string | undefined {
  return primary.revision === state.revision
    ? undefined
    : `${serviceKey(ref)} now runs ${revisionName(primary.revision)}: somebody deployed to it`
}

/** A retry finds what a try before it has written: the service may have been scaled since. */
async function writtenAhead(
  ports: ScaleDownPorts,
  subject: Subject,
  state: CanaryState,
  { desiredCount }: ServiceView,
): Promise<{ readonly had: ScaledDown } | { readonly against: string }> {
  const { rollout, old, to } = subject
  const { canary, rollout: id, definition } = rollout
  const place = definition.slots[old]
  const earlier = state.scaledDown?.rollout === id ? state.scaledDown : undefined
  if (earlier) return { had: earlier }
  const bounds = await ports.reachOf(definition).autoscaling.bounds(place)
  if (desiredCount <= to && (bounds?.minimum ?? 0) <= to) {
    return { against: `${serviceKey(place)} wants ${desiredCount} tasks, no more than ${to}` }
  }
  const minimum = bounds && bounds.minimum > to ? { minimum: bounds.minimum } : {}
  const had: ScaledDown = { slot: old, rollout: id, to, desiredCount, ...minimum }
  let against: string | undefined
  await ports.store.amendState(
    canary,
    (seen) => {
      against = againstState(seen, subject)
      return against === undefined ? { ...seen, scaledDown: had } : seen
    },
    state,
  )
  return against === undefined ? { had } : { against }
}

/** ECS takes a count without a condition, so somebody may have begun in between: they are looked for once more. */
async function spokenSince(
  ports: ScaleDownPorts,
  reach: Pick<Reach, 'services'>,
  subject: Subject,
): Promise<string | undefined> {
  const { canary, definition } = subject.rollout
  const state = await ports.store.readState(canary)
  const service = await reach.services.describe(definition.slots[subject.old])
  return (
    againstState(state, subject) ?? (service && state ? againstRevision(service, state) : undefined)
  )
}

/** Gives back what was taken, unless somebody has set it to anything else since. */
async function givenBack(
  ports: ScaleDownPorts,
  { services, autoscaling }: Pick<Reach, 'services' | 'autoscaling'>,
  { rollout, old, to }: Subject,
  { desiredCount, minimum }: ScaledDown,
  why: string,
): Promise<Outcome> {
  const place = rollout.definition.slots[old]
  const [service, bounds] = [await services.describe(place), await autoscaling.bounds(place)]
  if (minimum !== undefined && bounds?.minimum === to) await autoscaling.setMinimum(place, minimum)
  if (service?.desiredCount === to) await services.setDesiredCount(place, desiredCount)
  await ports.store.amendState(rollout.canary, (seen) =>
    seen.scaledDown?.rollout === rollout.rollout ? without(seen, 'scaledDown') : seen,
  )
  return keep(`${why}; ${serviceKey(place)} has its ${desiredCount} tasks back`)
}
