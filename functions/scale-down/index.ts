import { scaleDown } from '../../core/use-cases/scale-down.ts'
import {
  autoscaling,
  type Container,
  clock,
  connect,
  reaching,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, reachOf: reaching({ services, autoscaling, routerOf }) }

export function createScaleDownHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await scaleDown(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createScaleDownHandler(connect(needs)))
