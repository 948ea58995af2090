import { type GateAnswer, nextStep } from '../analysis/gates.ts'
import { CandidateError, InterruptedError, NotYetError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import { patience } from '../model/hooks.ts'
import { noticeOf } from '../model/notice.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { type Rollout, withEntry, without } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import { serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, ServiceView } from '../ports.ts'
import { askGates } from './ask-gates.ts'
import { askHooks } from './ask-hooks.ts'
import { askCapacity } from './capacity.ts'
import { isNews, withApproval } from './decided.ts'
import { closedBy } from './gated.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseAnotherRevision,
  refuseIfInterrupted,
  stepOf,
} from './hold.ts'

/**
 * Lets the rollout go on once the candidate's service is steady, every target of it is healthy, the gates before the first
 * step are open, and the hooks before its first traffic agree. While a gate is closed the workflow bakes and comes back
 * here: however long that took, nothing gets traffic that is not ready then.
 * @throws {NotYetError} while it is worth waiting.
 * @throws {CandidateError} where it never will be, or not in time.
 */
export async function ready(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> &
    Reaching<'services' | 'autoscaling' | 'targetGroups' | 'lambdas'>,
  task: WorkflowTask,
): Promise<Position> {
  const found = await readHeld(ports, task)
  refuseIfInterrupted(found)
  // Ready before: gates first, so that a long hold is no long series of questions to ECS.
  const early = found.readyAt === undefined ? undefined : await askGates(ports, found)
  if (early && early.kind !== 'open') return heldAtZero(ports, task, found, early)
  const rollout = await withDeadline(ports, task, found)
  const reach = ports.reachOf(rollout.definition)
  const lacking = (await serviceLacks(reach, rollout)) ?? (await targetsLack(reach, rollout))
  if (lacking !== undefined) throw waitOrGiveUp(rollout, lacking, ports.clock.now())
  const readyAt = rollout.readyAt ?? ports.clock.now()
  const gates = early ?? (await askGates(ports, { ...rollout, readyAt }))
  if (gates.kind !== 'open') return heldAtZero(ports, task, { ...rollout, readyAt }, gates)
  const { approval } = gates
  const capacity = await askCapacity(ports, task, rollout)
  if (capacity.kind !== 'open') {
    return heldAtZero(ports, task, { ...rollout, readyAt }, capacity, approval)
  }
  const hooks = await askHooks(ports, rollout, 'beforeTraffic', (seen) => heldPrepared(seen, task))
  if (hooks.kind === 'waiting') throw new NotYetError(hooks.reason)
  if (hooks.kind === 'failed') throw new CandidateError(hooks.reason)

  const { definition, candidate } = rollout
  const step = nextStep(rollout, definition.plan)
  const { weight } = stepOf(definition, step)
  const ready = approval
    ? `${candidate} is ready, approved by ${approval.who} (${approval.why})`
    : `${candidate} is ready`
  await ports.store.amendRollout(
    task.input.canary,
    task.input.attempt,
    (seen): Rollout => {
      const present = heldPrepared(seen, task)
      const record: Rollout = {
        ...without(present, 'deadline', 'gate'),
        status: 'shifting',
        readyAt,
        ...(capacity.tasksNeeded === undefined ? {} : { tasksNeeded: capacity.tasksNeeded }),
        signals: withApproval(present.signals, approval),
        reason: brief(ready),
      }
      if (!approval) return record
      const entry = { what: 'decided to shift', why: ready, who: task.execution }
      return withEntry(record, { at: ports.clock.now(), ...entry })
    },
    rollout,
  )
  const reason = brief(`${ready}; shifting to ${weight} %`)
  return { ...task.input, step, weight, reason, decision: 'shift', seconds: 1 }
}

/** A deadline of its own for each time that the candidate is waited for. */
async function withDeadline(
  ports: Pick<Ports, 'clock' | 'store'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
): Promise<PreparedRollout> {
  if (rollout.deadline !== undefined) return rollout
  const deadline = ports.clock.now() + rollout.definition.ready.timeout * 1000
  const { canary, attempt } = task.input
  const timed = await ports.store.amendRollout(
    canary,
    attempt,
    (seen) => ({ ...heldPrepared(seen, task), deadline }),
    rollout,
  )
  return heldPrepared(timed, task)
}

/**
 * Waits without traffic while a gate is closed.
 * @param approval what opened the gates before it: the definition gives it once, and is not asked again.
 * @throws {InterruptedError} where it has been for too long.
 */
async function heldAtZero(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  answer: Exclude<GateAnswer, { readonly kind: 'open' }>,
  approval?: Signal,
): Promise<Position> {
  if (answer.kind === 'given-up') throw new InterruptedError(answer.reason)
  const now = ports.clock.now()
  const { gate } = answer
  const ready = { reason: `${rollout.candidate} is ready` }
  const { kind, reason, seconds } = closedBy(gate, rollout, ready, now)
  const news = isNews(rollout.gate, gate)
  const record = await ports.store.amendRollout(
    task.input.canary,
    task.input.attempt,
    (seen): Rollout => {
      const present = without(heldPrepared(seen, task), 'deadline')
      const status = kind === 'hold' ? 'holding' : 'waiting'
      const closed: Rollout = {
        ...present,
        status,
        readyAt: rollout.readyAt ?? now,
        gate,
        signals: withApproval(present.signals, approval),
        reason,
      }
      if (!news) return closed
      return withEntry(closed, { at: now, what: 'held', why: reason, who: task.execution })
    },
  )
  if (news) await ports.notices.publish(noticeOf(record, 'held', now))
  return { ...task.input, step: 0, weight: 0, reason, decision: kind, seconds, looks: record.looks }
}

function waitOrGiveUp(rollout: PreparedRollout, lacking: string, now: number): Error {
  const { ready, hooks } = rollout.definition
  // Hooks are asked of a candidate that was ready: what they take of the time is not its fault.
  const asked = Object.keys(rollout.hooks ?? {}).length > 0
  const more = asked ? patience(hooks, 'beforeTraffic') : 0
  if (rollout.deadline === undefined || now < rollout.deadline + more * 1000) {
    return new NotYetError(lacking)
  }
  return new CandidateError(
    `${rollout.candidate} was not ready within ${ready.timeout + more} s: ${lacking}; look at the tasks' logs and health checks, or raise ready.timeout`,
  )
}

async function serviceLacks(
  { services }: Pick<Reach, 'services'>,
  rollout: PreparedRollout,
): Promise<string | undefined> {
  const place = rollout.definition.slots[rollout.candidate]
  const service = await services.describe(place)
  const name = serviceKey(place)
  refuseAnotherRevision(rollout, service)
  refuseLost(service, name)
  if (service.steady) return undefined
  const { runningCount, desiredCount, pendingCount } = service
  return `service ${name} is not steady: ${runningCount} of ${desiredCount} tasks run, ${pendingCount} are pending`
}

/** What waiting does not mend. */
function refuseLost(service: ServiceView, name: string): void {
  if (service.desiredCount === 0) {
    throw new CandidateError(`${name}'s desired count is 0; set it to at least 1`)
  }
  if (service.primary.rolloutState === 'FAILED') {
    throw new CandidateError(
      `ECS gave up on ${name}'s deployment after ${service.primary.failedTasks} failed tasks`,
    )
  }
}

async function targetsLack(
  { targetGroups }: Pick<Reach, 'targetGroups'>,
  rollout: PreparedRollout,
): Promise<string | undefined> {
  const { targetGroup } = rollout.definition.slots[rollout.candidate]
  if (targetGroup === undefined) return undefined
  const targets = await targetGroups.health(targetGroup)
  const serving = targets.filter(({ state }) => state !== 'draining')
  const healthy = serving.filter(({ state }) => state === 'healthy').length
  if (serving.length > 0 && healthy === serving.length) return undefined
  return serving.length === 0
    ? `${targetGroup} has no targets`
    : `${healthy} of ${serving.length} targets of ${targetGroup} are healthy`
}
