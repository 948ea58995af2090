import { revisionName } from '../../core/model/slot.ts'
import type { Clock, ServiceView } from '../../core/ports.ts'
import { RefusedError } from '../errors.ts'

/** ECS changes its mind within seconds, and each look is a call. */
const LOOK = 5_000

export interface Starting {
  readonly canary: string
  readonly service: string
  readonly revision: string
}

/**
 * What a person who waits for a rollout is told of the candidate's tasks, so that an image that cannot be pulled does
 * not look like a controller that sleeps.
 * @returns the text for the present look; ECS is asked at most every 5 s, and not at the first one.
 * @throws {RefusedError} once ECS starts no more tasks of this revision: no rollout can begin.
 */
export function tellStarting(
  { canary, service, revision }: Starting,
  clock: Clock,
  describe: () => Promise<ServiceView | undefined>,
): () => Promise<string> {
  const name = revisionName(revision)
  const waiting = `waiting for the rollout of ${name} to begin`
  let text = waiting
  let looked = clock.now()
  return async () => {
    if (clock.now() - looked < LOOK) return text
    looked = clock.now()
    const view = await describe()
    if (view && gaveUp(view, revision)) {
      throw new RefusedError(
        `no rollout of ${name} begins: ECS gave up on ${service} after ${tasks(view.primary.failedTasks)} that did not start; look at the service's events and its tasks' stop reasons, and at "sluice doctor ${canary}", then deploy what is mended`,
      )
    }
    text = view ? `${waiting} (${runningTasks(view)})` : `${waiting} (the service is gone)`
    return text
  }
}

/** How far the candidate's tasks are, in a few words. Those of the deployment before it may run on, and do not count. */
export function runningTasks({ desiredCount, primary }: ServiceView): string {
  return `${primary.runningCount} of ${desiredCount} tasks run, ${primary.failedTasks} failed to start`
}

/** Only of this very revision, and only while no task of it runs, which would start a rollout all the same. */
function gaveUp({ primary }: ServiceView, revision: string): boolean {
  return (
    primary.revision === revision && primary.rolloutState === 'FAILED' && primary.runningCount === 0
  )
}

const tasks = (count: number) => (count === 1 ? '1 task' : `${count} tasks`)
