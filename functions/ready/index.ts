import { ready } from '../../core/use-cases/ready.ts'
import {
  autoscaling,
  type Container,
  clock,
  connect,
  lambdas,
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
  reachOf: reaching({ services, autoscaling, targetGroups, lambdas }),
}

export function createReadyHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await ready(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createReadyHandler(connect(needs)))
