import { shift } from '../../core/use-cases/shift.ts'
import {
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

const needs = { clock, store, reachOf: reaching({ services, routerOf }) }

export function createShiftHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await shift(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createShiftHandler(connect(needs)))
