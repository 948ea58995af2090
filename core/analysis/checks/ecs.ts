import { revisionName, serviceKey } from '../../model/slot.ts'
import type { StoppedTaskView } from '../../ports.ts'
import { type Check, verdict } from './check.ts'

/**
 * Stop codes that speak against a version. The others are people, the scheduler, or the platform.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const FAULTS: readonly (string | undefined)[] = ['TaskFailedToStart', 'EssentialContainerExited']

export function speaksAgainstVersion(stopCode: string | undefined): boolean {
  return FAULTS.includes(stopCode)
}

/** Does the candidate's service run its revision without dying? */
export const checkEcs: Check<'ecs'> = async (ports, definition, context) => {
  const name = serviceKey(context.place)
  const source = `ecs ${name}`
  const service = await ports.services.describe(context.place)
  if (!service) {
    return verdict(definition, context, {
      kind: 'fail',
      reason: `ECS has no service ${name} any more`,
      source,
    })
  }
  const { primary } = service
  if (context.supersedes && primary.revision !== context.revision) {
    const reason = `${name} now runs ${revisionName(primary.revision)}, not ${revisionName(context.revision)}`
    return verdict(definition, context, { kind: 'fail', reason, source })
  }
  const stopped = (await ports.services.stoppedTasks(context.place)).filter(
    (task) =>
      speaksAgainstVersion(task.stopCode) &&
      (task.deployment === undefined || task.deployment === primary.id) &&
      (task.stoppedAt ?? context.now) >= context.rolloutStartedAt,
  )
  const numbers = {
    running: primary.runningCount,
    desired: service.desiredCount,
    stopped: stopped.length,
    allowed: definition.maxStoppedTasks,
  }
  if (stopped.length > definition.maxStoppedTasks) {
    return verdict(definition, context, {
      kind: 'fail',
      reason: deaths(name, stopped),
      source,
      numbers,
    })
  }
  if (primary.rolloutState === 'FAILED') {
    const reason = `ECS gave up on ${name}'s deployment after ${primary.failedTasks} failed tasks`
    return verdict(definition, context, { kind: 'fail', reason, source, numbers })
  }
  if (primary.runningCount < service.desiredCount || service.desiredCount === 0) {
    const reason = `${name} runs ${primary.runningCount} of ${service.desiredCount} tasks`
    return verdict(definition, context, { kind: 'inconclusive', reason, source, numbers })
  }
  const reason = `${name} runs ${primary.runningCount} of ${service.desiredCount} tasks, none died`
  return verdict(definition, context, { kind: 'pass', reason, source, numbers })
}

function deaths(name: string, stopped: readonly StoppedTaskView[]): string {
  const last = stopped.at(-1)
  const count = stopped.length === 1 ? '1 task' : `${stopped.length} tasks`
  return `${count} of ${name} died: ${last?.stopCode}${last?.reason ? ` (${last.reason})` : ''}`
}
