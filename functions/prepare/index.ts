import { prepare } from '../../core/use-cases/prepare.ts'
import {
  alarms,
  type Container,
  clock,
  connect,
  notices,
  reaching,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { claimTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, notices, reachOf: reaching({ services, alarms, routerOf }) }

export function createPrepareHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, claimTask, async (task) => {
    const position = await prepare(container, task)
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createPrepareHandler(connect(needs)))
