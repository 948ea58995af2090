import { CandidateError, NotYetError } from '../errors.ts'
import { patience } from '../model/hooks.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { without } from '../model/rollout.ts'
import { serviceKey } from '../model/slot.ts'
import type { Ports, Reach, Reaching, ServiceView } from '../ports.ts'
import { askHooks } from './ask-hooks.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseAnotherRevision,
  refuseIfInterrupted,
  stepOf,
} from './hold.ts'

/**
 * Lets the rollout go on once the candidate's service is steady, every target of it is healthy, and the hooks before its
 * first traffic agree.
 * @throws {NotYetError} while it is worth waiting.
 * @throws {CandidateError} where it never will be, or not in time.
 */
export async function ready(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'targetGroups' | 'lambdas'>,
  task: WorkflowTask,
): Promise<Position> {
  const rollout = await readHeld(ports, task)
  refuseIfInterrupted(rollout)
  const reach = ports.reachOf(rollout.definition)
  const lacking = (await serviceLacks(reach, rollout)) ?? (await targetsLack(reach, rollout))
  if (lacking !== undefined) throw waitOrGiveUp(rollout, lacking, ports.clock.now())
  const hooks = await askHooks(ports, rollout, 'beforeTraffic', (seen) => heldPrepared(seen, task))
  if (hooks.kind === 'waiting') throw new NotYetError(hooks.reason)
  if (hooks.kind === 'failed') throw new CandidateError(hooks.reason)

  const first = stepOf(rollout.definition, 1)
  await ports.store.amendRollout(task.input.canary, task.input.attempt, (seen) => ({
    ...without(heldPrepared(seen, task), 'deadline'),
    status: 'shifting',
    reason: `${rollout.candidate} is ready`,
  }))
  return {
    ...task.input,
    step: 1,
    weight: first.weight,
    reason: `${rollout.candidate} is ready; shifting to ${first.weight} %`,
    decision: 'shift',
  }
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
