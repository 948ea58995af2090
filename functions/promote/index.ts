import { promote } from '../../core/use-cases/promote.ts'
import {
  autoscaling,
  type Container,
  clock,
  connect,
  notices,
  reaching,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { measureCanary } from '../shared/metrics.ts'
import { count, told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, notices, reachOf: reaching({ services, autoscaling, routerOf }) }

export function createPromoteHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const { position, settled } = await promote(container, task)
    if (settled) {
      count(container.watch, 'Promoted')
      measureCanary(container.watch.metrics, task.input.canary, 'Weight', settled.achieved)
    }
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createPromoteHandler(connect(needs)))
