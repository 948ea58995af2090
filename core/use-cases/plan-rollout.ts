import { DefinitionError, UnknownCanaryError } from '../errors.ts'
import { candidateOf, rolloutId } from '../model/canary-state.ts'
import { type CheckDefinition, type Definition, parseDefinition } from '../model/definition.ts'
import { formatDuration } from '../model/duration.ts'
import { frozenAt } from '../model/freeze.ts'
import { HOOK_POINTS, type HookPoint } from '../model/hooks.ts'
import { quantize, type SlotWeights, sameWeights, shareOf } from '../model/routing.ts'
import { otherSlot, type Slot, serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, Routing, ServiceView } from '../ports.ts'

/** A step as it would be taken. */
export interface PlannedStep {
  readonly step: number
  /** As the plan asks for it, in percent. */
  readonly weight: number
  /** What the router's own units make of it, in percent. */
  readonly achieved: number
  readonly weights: SlotWeights
  /** Seconds. */
  readonly bake: number
  /** When traffic may move to it at the earliest, milliseconds since the epoch. */
  readonly from: number
  /** Whether a person is asked before. */
  readonly approval: boolean
  /** Tasks that the candidate needs for the share; absent where the definition does not look. */
  readonly tasks?: number
  /** What is to be known of it. */
  readonly notes: readonly string[]
}

export interface PlannedCall {
  readonly when: HookPoint | 'every look'
  readonly name: string
  readonly function: string
}

export interface PlannedRollout {
  readonly canary: string
  /** Id of the next rollout. */
  readonly rollout: string
  readonly live: Slot
  readonly candidate: Slot
  /** What the candidate's service is meant to run now. */
  readonly revision: string
  /** Where the traffic is split: a rule's ARN, a record's name. */
  readonly place: string
  /** The routing as it stands, which a fail back would restore. */
  readonly baseline: SlotWeights
  readonly steps: readonly PlannedStep[]
  readonly checks: readonly Pick<CheckDefinition, 'name' | 'type' | 'effect'>[]
  /** Seconds between two looks. */
  readonly interval: number
  readonly calls: readonly PlannedCall[]
  /**
   * When it would be promoted at the earliest, milliseconds since the epoch: if it began now, everybody approved at once
   * and no check were unclear.
   */
  readonly earliestEnd: number
  /** What would keep it from beginning, or from ending so soon. */
  readonly notes: readonly string[]
}

type PlanPorts = Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'routerOf'>

/**
 * The next rollout, as it would go if all went well. Changes nothing.
 * @throws {UnknownCanaryError}
 * @throws {DefinitionError | RouterError} for what would keep a rollout from beginning.
 */
export async function planRollout(ports: PlanPorts, canary: string): Promise<PlannedRollout> {
  const [state, written, line] = await Promise.all([
    ports.store.readState(canary),
    ports.store.readDefinition(canary),
    ports.store.readLine(),
  ])
  if (written === undefined) {
    throw state === undefined
      ? new UnknownCanaryError(`there is no canary ${canary}; define it first`)
      : new DefinitionError(`canary ${canary} has no definition any more; write one first`)
  }
  const definition = parseDefinition(written)
  const live = state?.live ?? definition.live
  const candidate = otherSlot(live)
  const reach = ports.reachOf(definition)
  const router = reach.routerOf(definition)
  const [services, routing] = await Promise.all([bothServices(reach, definition), router.read()])
  const attempt = (state?.attempt ?? 0) + 1
  const active = state?.activeRollout
  const { steps, end } = plannedSteps(definition, candidate, {
    now: ports.clock.now(),
    maxWeight: router.maxWeight,
    liveTasks: services[live].desiredCount,
    candidateTasks: services[candidate].desiredCount,
    ttl: routing.ttl,
  })
  return {
    canary,
    rollout: rolloutId(canary, attempt),
    live,
    candidate: state ? candidateOf(state) : candidate,
    revision: services[candidate].primary.revision,
    place: routing.place,
    baseline: routing.weights,
    steps,
    checks: definition.checks.map(({ name, type, effect }) => ({ name, type, effect })),
    interval: definition.interval,
    calls: callsOf(definition),
    earliestEnd: end,
    notes: [
      ...(active === undefined ? [] : [`rollout ${active} is active now`]),
      ...(line?.stopped ? ['the line is stopped: no rollout takes a step up'] : []),
      ...routingNotes(routing, live, candidate),
      ...serviceNotes(definition, services, live, candidate),
      ...endNotes(definition),
    ],
  }
}

async function bothServices(
  { services }: Pick<Reach, 'services'>,
  { slots }: Definition,
): Promise<Readonly<Record<Slot, ServiceView>>> {
  const [blue, green] = await Promise.all(
    (['blue', 'green'] as const).map(async (slot) => {
      const found = await services.describe(slots[slot])
      if (found) return found
      throw new DefinitionError(
        `slots.${slot}.service ("${serviceKey(slots[slot])}"): ECS has no such service; create it or correct the name`,
      )
    }),
  )
  return { blue, green } as Readonly<Record<Slot, ServiceView>>
}

function plannedSteps(
  definition: Definition,
  candidate: Slot,
  of: {
    readonly now: number
    readonly maxWeight: number
    readonly liveTasks: number
    readonly candidateTasks: number
    readonly ttl: number
  },
): { readonly steps: PlannedStep[]; readonly end: number } {
  const { plan, capacity, testWindow, approval, freeze } = definition
  let time = of.now + testWindow * 1_000
  const steps = plan.map((step, index) => {
    const { weight, bake } = step
    const weights = quantize(weight, candidate, of.maxWeight)
    const achieved = shareOf(weights, candidate)
    const before = plan[index - 1]
    const last = before && quantize(before.weight, candidate, of.maxWeight)
    const tasks = Math.max(1, Math.ceil((of.liveTasks * weight) / 100))
    const frozen = frozenAt(freeze, time)
    time = frozen?.until ?? time
    const notes = [
      ...(index === 0 && testWindow > 0
        ? [`only after ${formatDuration(testWindow)} without traffic, for people to try it`]
        : []),
      ...(frozen ? [frozen.reason] : []),
      ...(step.approval ? [askedNote(approval)] : []),
      ...(achieved === weight ? [] : [`${weight} % becomes ${achieved} %`]),
      ...(last && sameWeights(last, weights)
        ? [`the same weights as step ${index}: the traffic does not change`]
        : []),
      ...(capacity.policy !== 'off' && tasks > of.candidateTasks
        ? [missingTasks(tasks, of.candidateTasks, capacity)]
        : []),
    ]
    const planned: PlannedStep = {
      step: index + 1,
      weight,
      achieved,
      weights,
      bake,
      from: time,
      approval: step.approval === true,
      ...(capacity.policy === 'off' ? {} : { tasks }),
      notes,
    }
    time += (shortest(definition, bake) + of.ttl) * 1_000
    return planned
  })
  return { steps, end: frozenAt(freeze, time)?.until ?? time }
}

function askedNote({ timeout, onTimeout }: Definition['approval']): string {
  const then = onTimeout === 'approve' ? 'is taken as approved' : 'fails back'
  return `a person is asked before, and after ${formatDuration(timeout)} without an answer it ${then}`
}

function missingTasks(
  needed: number,
  wanted: number,
  { policy, deadline }: Definition['capacity'],
): string {
  const lacking = `needs ${needed} tasks, and ${wanted} are wanted`
  return policy === 'scale'
    ? `${lacking}: the desired count is raised`
    : `${lacking}: waits up to ${formatDuration(deadline)} for somebody to raise the desired count`
}

/** A bake that `promoteEarly` may cut short is at least its minimum. */
function shortest({ promoteEarly }: Definition, bake: number): number {
  return promoteEarly ? Math.min(bake, promoteEarly.minimumBake) : bake
}

function callsOf({ hooks, checks }: Definition): PlannedCall[] {
  return [
    ...HOOK_POINTS.flatMap((when) =>
      hooks[when].map(({ name, function: asked }) => ({ when, name, function: asked })),
    ),
    ...checks.flatMap((check) =>
      check.type === 'custom'
        ? [{ when: 'every look' as const, name: check.name, function: check.function }]
        : [],
    ),
  ]
}

function routingNotes({ weights, ttl }: Routing, live: Slot, candidate: Slot): string[] {
  const share = shareOf(weights, candidate)
  return [
    ...(share > 0
      ? [
          `${candidate} has ${share} % of the traffic already, and no rollout would begin: give ${live} all of it`,
        ]
      : []),
    ...(ttl > 0
      ? [`clients hold answers for ${formatDuration(ttl)}, which each step waits out first`]
      : []),
  ]
}

function serviceNotes(
  { slots }: Definition,
  services: Readonly<Record<Slot, ServiceView>>,
  live: Slot,
  candidate: Slot,
): string[] {
  const noTasks = ([live, candidate] as const).filter((slot) => services[slot].desiredCount === 0)
  const same = services[live].primary.revision === services[candidate].primary.revision
  return [
    ...noTasks.map(
      (slot) =>
        `${slot} (${serviceKey(slots[slot])}) wants no tasks, and no rollout begins without; "sluice deploy" starts at least one`,
    ),
    ...(same ? ['both slots are meant to run the same revision now'] : []),
  ]
}

function endNotes(definition: Definition): string[] {
  const { promoteEarly, ready, maxExtension, plan, approval } = definition
  return [
    ...(approval.beforePromote ? [`before the promotion: ${askedNote(approval)}`] : []),
    `before the first shift the candidate may take up to ${formatDuration(ready.timeout)} until it is ready`,
    ...(maxExtension > 0
      ? [
          `without a clear answer each of the ${plan.length} steps is extended by up to ${formatDuration(maxExtension)}`,
        ]
      : []),
    ...(promoteEarly
      ? ['steps end early once every comparison is sure; the earliest end counts on that']
      : []),
  ]
}
