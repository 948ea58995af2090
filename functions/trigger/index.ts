import { trigger } from '../../core/use-cases/trigger.ts'
import { parseRunningTask } from '../../events/ecs-task-state-change.ts'
import {
  type Container,
  clock,
  connect,
  reaching,
  services,
  store,
  workflows,
} from '../shared/container.ts'
import { toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { clock, store, workflows, reachOf: reaching({ services }) }

/** A RUNNING task of a service. Throws only what a retry of the event may mend. */
export function createTriggerHandler(container: Container<typeof needs>) {
  return watched(container.watch, async (event) => {
    const task = parseRunningTask(event)
    if (task.kind === 'ignored') return toldResult(container.watch, task)
    container.watch.logger.appendKeys({ ecs: task.value })
    return toldResult(container.watch, await trigger(container, task.value))
  })
}

export const handler = atFirstCall(() => createTriggerHandler(connect(needs)))
