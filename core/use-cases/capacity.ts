import { type Raise, sizing } from '../analysis/capacity.ts'
import { type GateAnswer, nextStep } from '../analysis/gates.ts'
import { TransientError } from '../errors.ts'
import { formatDuration } from '../model/duration.ts'
import type { WorkflowTask } from '../model/position.ts'
import { withEntry } from '../model/rollout.ts'
import type { Weight } from '../model/routing.ts'
import { otherSlot, serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, ScalingBounds, ServiceView } from '../ports.ts'
import {
  heldPrepared,
  type PreparedRollout,
  refuseAnotherRevision,
  refuseIfInterrupted,
  stepOf,
} from './hold.ts'

type Capacity =
  /** `needed` is absent where nobody looks. */
  | { readonly kind: 'enough'; readonly needed?: number }
  | { readonly kind: 'lacking'; readonly reason: string }

type CapacityPorts = Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling'>

/**
 * Whether the candidate runs enough tasks for a share, measured by what live is meant to run. Where the definition says
 * so it is made larger: what stood before is on the record first, so that a fail back gives it back.
 * @throws {CandidateError} where the candidate does not run the rollout's revision any more.
 */
async function capacityFor(
  ports: CapacityPorts,
  task: WorkflowTask,
  rollout: PreparedRollout,
  weight: Weight,
): Promise<Capacity> {
  const { definition, scaledDown } = rollout
  const { policy } = definition.capacity
  // Nobody looks: who assesses such a canary may not even ask for its services.
  if (policy === 'off') return { kind: 'enough' }
  const reach = ports.reachOf(definition)
  const candidate = definition.slots[rollout.candidate]
  const service = await reach.services.describe(candidate)
  refuseAnotherRevision(rollout, service)
  const live = await reach.services.describe(definition.slots[otherSlot(rollout.candidate)])
  const scales = policy === 'scale'
  // A definition that scales nothing (any more) has no right to ask; the end of the rollout tells what stays as it is.
  const asks = scales || (scaledDown !== undefined && definition.scaleDown !== undefined)
  const bounds = asks ? await reach.autoscaling.bounds(candidate) : undefined
  const { needed, enough, raise, beyondMaximum } = sizing(
    {
      weight,
      liveDesired: live?.desiredCount ?? 0,
      desired: service.desiredCount,
      running: service.primary.runningCount,
      bounds,
      ownMinimum: ownMinimum(rollout, bounds),
    },
    scales,
  )
  const refused = await raised(ports, task, rollout, { raise, service, bounds })
  if (enough) return { kind: 'enough', needed }
  const { runningCount } = service.primary
  const name = serviceKey(candidate)
  const lacking = `${name} runs ${runningCount} of the ${needed} tasks that ${weight} % of the traffic needs`
  const most = beyondMaximum ? `, and its autoscaling allows at most ${bounds?.maximum}` : ''
  return { kind: 'lacking', reason: `${lacking}${most}${refused ? `; ${refused}` : ''}` }
}

/** What the last gate says of the next step up. */
export type CapacityAnswer =
  | { readonly kind: 'open'; readonly tasksNeeded?: number }
  | Exclude<GateAnswer, { readonly kind: 'open' }>

/**
 * The last gate: may the next step up happen, by the tasks that the candidate runs? Where they lack, it is closed until
 * `capacity.deadline` has passed since they were first found to.
 * @throws {CandidateError | TransientError} as `capacityFor` does.
 */
export async function askCapacity(
  ports: CapacityPorts,
  task: WorkflowTask,
  rollout: PreparedRollout,
): Promise<CapacityAnswer> {
  const { definition, gate: before } = rollout
  const step = nextStep(rollout, definition.plan)
  const capacity = await capacityFor(ports, task, rollout, stepOf(definition, step).weight)
  if (capacity.kind === 'enough') {
    const { needed: tasksNeeded } = capacity
    return { kind: 'open', ...(tasksNeeded === undefined ? {} : { tasksNeeded }) }
  }
  const now = ports.clock.now()
  const same = before?.kind === 'capacity' && before.step === step
  const since = same ? before.since : now
  const { deadline } = definition.capacity
  const until = since + deadline * 1000
  const { reason } = capacity
  if (now < until) return { kind: 'closed', gate: { kind: 'capacity', step, since, until, reason } }
  const mend = mendOf(rollout)
  return { kind: 'given-up', reason: `${reason}, for ${formatDuration(deadline)}; ${mend}` }
}

function mendOf({ definition, candidate }: PreparedRollout): string {
  const name = serviceKey(definition.slots[candidate])
  return definition.capacity.policy === 'scale'
    ? `look at ${name}'s events for why its tasks do not come, or raise capacity.deadline`
    : `raise ${name}'s desired count, or set capacity.policy to "scale" or "off"`
}

/** Before this rollout raises it, a minimum that is still as the scale down left it; nobody has set another one since. */
function ownMinimum(
  { scaledDown, minimumBefore }: PreparedRollout,
  bounds: ScalingBounds | undefined,
): number | undefined {
  if (!scaledDown || !bounds) return undefined
  return (minimumBefore ?? bounds.minimum) === scaledDown.to ? scaledDown.minimum : undefined
}

/**
 * @returns why it is refused, where it is: a candidate that nobody could make larger may be large enough.
 * @throws {TransientError} where a retry may mend it.
 */
async function raised(
  ports: CapacityPorts,
  task: WorkflowTask,
  rollout: PreparedRollout,
  {
    raise,
    service,
    bounds,
  }: {
    readonly raise: Raise
    readonly service: ServiceView
    readonly bounds: ScalingBounds | undefined
  },
): Promise<string | undefined> {
  const { minimum, desiredCount } = raise
  if (minimum === undefined && desiredCount === undefined) return undefined
  const { canary, attempt } = task.input
  // What to give back is on the record before it is changed, and only the first one counts. Raising the minimum may
  // raise the count as well.
  const counts = desiredCount !== undefined || service.desiredCount < (minimum ?? 0)
  await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = heldPrepared(seen, task)
    refuseIfInterrupted(record)
    return {
      ...record,
      ...(minimum !== undefined && bounds
        ? { minimumBefore: record.minimumBefore ?? bounds.minimum }
        : {}),
      ...(counts ? { desiredCountBefore: record.desiredCountBefore ?? service.desiredCount } : {}),
    }
  })
  const why = await set(ports.reachOf(rollout.definition), rollout, raise)
  if (why === undefined) return undefined
  const entry = { at: ports.clock.now(), what: 'capacity not raised', why, who: task.execution }
  await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = heldPrepared(seen, task)
    const told = record.timeline.some(({ what }) => what === entry.what)
    return told ? record : withEntry(record, entry)
  })
  return why
}

/**
 * The minimum first: written after the count it could take that for what it has to mend. Where it is refused, the count
 * is written all the same: tasks that may be taken away again are better than none.
 */
async function set(
  { services, autoscaling }: Pick<Reach, 'services' | 'autoscaling'>,
  { definition, candidate }: PreparedRollout,
  { minimum, desiredCount }: Raise,
): Promise<string | undefined> {
  const place = definition.slots[candidate]
  const refusals: string[] = []
  const tried = async (write: Promise<void>) => {
    try {
      await write
    } catch (error) {
      if (error instanceof TransientError) throw error
      refusals.push(error instanceof Error ? error.message : String(error))
    }
  }
  if (minimum !== undefined) await tried(autoscaling.setMinimum(place, minimum))
  if (desiredCount !== undefined) await tried(services.setDesiredCount(place, desiredCount))
  return refusals.length > 0 ? refusals.join('; ') : undefined
}
