import { assess } from '../../core/use-cases/assess.ts'
import {
  alarms,
  type Container,
  clock,
  connect,
  metrics,
  notices,
  reaching,
  services,
  store,
  targetGroups,
} from '../shared/container.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = {
  clock,
  store,
  notices,
  reachOf: reaching({ services, targetGroups, alarms, metrics }),
}

export function createAssessHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await assess(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createAssessHandler(connect(needs)))
