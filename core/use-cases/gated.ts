import type { Decision } from '../analysis/decide.ts'
import { nextStep, pause } from '../analysis/gates.ts'
import { pace } from '../analysis/pace.ts'
import { brief } from '../model/brief.ts'
import type { Gate } from '../model/gate.ts'
import type { HookPoint } from '../model/hooks.ts'
import type { WorkflowTask } from '../model/position.ts'
import type { Ports, Reaching } from '../ports.ts'
import { askGates } from './ask-gates.ts'
import { askHooks } from './ask-hooks.ts'
import { askCapacity } from './capacity.ts'
import type { GatedDecision } from './decided.ts'
import { heldPrepared, type PreparedRollout } from './hold.ts'

/** Milliseconds of a look that one point's hooks may have taken for the next point's to be asked at it as well. */
const SHORT_POINT = 2_000

/**
 * Holds a step back until its gates are open, and then until the hooks behind it have answered. The checks go on at each
 * look meanwhile, so harm is still seen, and a step that is no longer clear is not passed however these answer.
 */
export async function gated(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling' | 'lambdas'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  decision: Decision,
): Promise<GatedDecision> {
  if (decision.kind === 'fail-back') return decision
  if (decision.kind !== 'shift' && decision.kind !== 'promote') {
    return unpassed(ports, rollout, decision)
  }
  const answer = await askGates(ports, rollout)
  switch (answer.kind) {
    case 'given-up':
      return { ...decision, kind: 'fail-back', reason: answer.reason }
    case 'closed':
      return closedBy(answer.gate, rollout, decision, ports.clock.now())
    case 'open': {
      const { approval } = answer
      const approved = approval ? `approved by ${approval.who} (${approval.why}); ` : ''
      const passed = { ...decision, reason: brief(`${approved}${decision.reason}`) }
      const sized = await sizedFor(ports, task, rollout, passed)
      return approval ? { ...sized, approval } : sized
    }
  }
}

/** Capacity is the last gate; a promotion asks for none that the last step had not. The hooks come after it. */
async function sizedFor(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling' | 'lambdas'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  decision: Decision,
): Promise<GatedDecision> {
  if (decision.kind === 'promote') return hookedIn(ports, task, rollout, decision)
  const answer = await askCapacity(ports, task, rollout)
  if (answer.kind === 'given-up') {
    return { ...decision, kind: 'fail-back', reason: brief(answer.reason) }
  }
  if (answer.kind === 'closed') {
    return closedBy(answer.gate, rollout, decision, ports.clock.now())
  }
  const { tasksNeeded } = answer
  const hooked = await hookedIn(ports, task, rollout, decision)
  return tasksNeeded === undefined ? hooked : { ...hooked, tasksNeeded }
}

/** What a closed gate makes of a step that its checks would pass. */
export function closedBy(
  gate: Gate,
  rollout: PreparedRollout,
  { progress, reason }: Pick<GatedDecision, 'progress' | 'reason'>,
  now: number,
): GatedDecision {
  return {
    kind: gate.kind === 'approval' ? 'hold' : 'bake',
    reason: brief(`${gate.reason}; ${reason}`),
    seconds: pace(gate, rollout, rollout.definition, now),
    ...(progress ? { progress } : {}),
    gate,
  }
}

/**
 * A look that passes nothing asks no gate, with two exceptions. A pause shows at once, and counts; and what was closed
 * before is asked again, for while it stands too little traffic uses up no extension: one that has opened meanwhile must
 * not hold the rollout for as long as its checks are unclear.
 */
async function unpassed(
  ports: Pick<Ports, 'clock' | 'store'>,
  rollout: PreparedRollout,
  decision: Decision,
): Promise<GatedDecision> {
  const { gate: before, definition } = rollout
  const now = ports.clock.now()
  const step = nextStep(rollout, definition.plan)
  const same = before?.step === step ? before : undefined
  const paused = pause(rollout, definition, now)
  if (paused?.kind === 'given-up') {
    return { ...decision, kind: 'fail-back', reason: brief(paused.reason) }
  }
  if (paused) {
    const since = same?.kind === 'pause' ? same.since : now
    const reason = brief(`${paused.reason}; ${decision.reason}`)
    return { ...decision, reason, gate: { ...paused, step, since } }
  }
  if (decision.kind !== 'bake' || same === undefined || same.kind === 'pause') return decision
  const answer = await askGates(ports, rollout)
  switch (answer.kind) {
    case 'given-up':
      return { ...decision, kind: 'fail-back', reason: brief(answer.reason) }
    case 'closed':
      return { ...decision, gate: answer.gate }
    case 'open': {
      // Capacity is asked for only where all else would pass the step; till its deadline it is taken to lack.
      const lacks = same.kind === 'capacity' && same.until !== undefined && now < same.until
      const { approval } = answer
      return { ...decision, ...(lacks ? { gate: same } : {}), ...(approval ? { approval } : {}) }
    }
  }
}

/** A look has the time for one point's hooks; where they took some, the next point's are asked at a look of their own. */
async function hookedIn(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'lambdas'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  decision: Decision,
): Promise<Decision> {
  const points: HookPoint[] =
    decision.kind === 'promote' ? ['afterStep', 'beforePromote'] : ['afterStep']
  const began = ports.clock.now()
  for (const point of points) {
    if (ports.clock.now() - began > SHORT_POINT && rollout.definition.hooks[point].length > 0) {
      return { ...decision, kind: 'bake', reason: `next are the hooks of ${point}`, seconds: 1 }
    }
    const result = await askHooks(ports, rollout, point, (seen) => heldPrepared(seen, task))
    const reason = brief(result.kind === 'passed' ? decision.reason : result.reason)
    if (result.kind === 'failed') return { ...decision, kind: 'fail-back', reason }
    if (result.kind === 'waiting') {
      return { ...decision, kind: 'bake', reason, seconds: rollout.definition.interval }
    }
  }
  return decision
}
