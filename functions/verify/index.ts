import { verify } from '../../core/use-cases/verify.ts'
import {
  type Container,
  clock,
  connect,
  notices,
  reaching,
  routerOf,
  store,
} from '../shared/container.ts'
import { measureCanary } from '../shared/metrics.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, notices, reachOf: reaching({ routerOf }) }

export function createVerifyHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await verify(container, task)
    measureCanary(container.watch.metrics, task.input.canary, 'Weight', position.weight)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createVerifyHandler(connect(needs)))
