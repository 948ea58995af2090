import { revisionName, serviceKey } from '../../model/slot.ts'
import type { ServiceView, StoppedTaskView } from '../../ports.ts'
import { type Check, type CheckContext, verdict } from './check.ts'

const FAILED_START = 'TaskFailedToStart'

/**
 * Stop codes that speak against a version. The others are people, the scheduler, or the platform.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const FAULTS: readonly (string | undefined)[] = [FAILED_START, 'EssentialContainerExited']

export function speaksAgainstVersion(stopCode: string | undefined): boolean {
  return FAULTS.includes(stopCode)
}

/** Does the candidate's service run its revision without dying? */
export const checkEcs: Check<'ecs'> = async (ports, definition, context) => {
  const place = context.slots[context.candidate]
  const name = serviceKey(place)
  const source = `ecs ${name}`
  const service = await ports.services.describe(place)
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
  const stopped = (await ports.services.stoppedTasks(place)).filter((task) =>
    counts(task, service, context),
  )
  const unstarted = stopped.filter(({ stopCode }) => stopCode === FAILED_START)
  const numbers = {
    running: primary.runningCount,
    desired: service.desiredCount,
    stopped: stopped.length,
    startFailures: unstarted.length,
    crashes: stopped.length - unstarted.length,
    allowed: definition.maxStoppedTasks,
  }
  const answer = (kind: 'pass' | 'fail' | 'inconclusive', reason: string) =>
    verdict(definition, context, { kind, reason, source, numbers })

  if (stopped.length > definition.maxStoppedTasks) return answer('fail', deaths(name, stopped))
  if (unstarted.length > (definition.maxStartFailures ?? definition.maxStoppedTasks)) {
    return answer('fail', deaths(name, unstarted))
  }
  if (primary.rolloutState === 'FAILED') {
    return answer(
      'fail',
      `ECS gave up on ${name}'s deployment after ${primary.failedTasks} failed tasks`,
    )
  }
  const running = `${name} runs ${primary.runningCount} of ${service.desiredCount} tasks`
  const wanted = Math.min(service.desiredCount, context.growingFrom ?? service.desiredCount)
  if (primary.runningCount < wanted || wanted === 0) {
    return answer('inconclusive', running)
  }
  return answer('pass', `${running}, ${stopped.length === 0 ? 'none' : stopped.length} died`)
}

/** Deaths of this deployment, by their own fault, since the rollout began. */
function counts(task: StoppedTaskView, { primary }: ServiceView, context: CheckContext): boolean {
  return (
    speaksAgainstVersion(task.stopCode) &&
    (task.deployment === undefined || task.deployment === primary.id) &&
    (task.stoppedAt ?? context.now) >= context.rolloutStartedAt
  )
}

function deaths(name: string, stopped: readonly StoppedTaskView[]): string {
  const last = stopped.at(-1)
  const count = stopped.length === 1 ? '1 task' : `${stopped.length} tasks`
  return `${count} of ${name} died: ${last?.stopCode}${last?.reason ? ` (${last.reason})` : ''}`
}
