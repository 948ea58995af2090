import { bake } from '../../core/use-cases/bake.ts'
import { type Container, clock, connect, store, workflows } from '../shared/container.ts'
import { atFirstCall } from '../shared/watched.ts'
import { taskHandler, waitingTask } from '../shared/workflow-task.ts'

const needs = { clock, store, workflows }

/** Its answer goes nowhere: the state waits for its token. */
export function createBakeHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, waitingTask, async (task) => {
    await bake(container, task)
    const { reason, seconds } = task.input
    container.watch.logger.info(reason, { waitingFor: task.waitingFor, seconds })
  })
}

export const handler = atFirstCall(() => createBakeHandler(connect(needs)))
