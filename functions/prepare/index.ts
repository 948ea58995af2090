import { prepare } from '../../core/use-cases/prepare.ts'
import {
  alarms,
  type Container,
  clock,
  connect,
  notices,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { claimTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, services, alarms, routerOf, notices }

export function createPrepareHandler(container: Container<keyof typeof needs>) {
  return taskHandler(container.watch, claimTask, async (task) => {
    const position = await prepare(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createPrepareHandler(connect(needs)))
