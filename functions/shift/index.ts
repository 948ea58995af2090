import { shift } from '../../core/use-cases/shift.ts'
import { type Container, clock, connect, routerOf, services, store } from '../shared/container.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, services, routerOf }

export function createShiftHandler(container: Container<keyof typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const position = await shift(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createShiftHandler(connect(needs)))
