import { failBack } from '../../core/use-cases/fail-back.ts'
import {
  type Container,
  clock,
  connect,
  notices,
  reaching,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { count, told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { anyTask, taskHandler } from '../shared/workflow-task.ts'

const needs = { clock, store, notices, reachOf: reaching({ services, routerOf }) }

export function createFailBackHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, anyTask, async (task) => {
    const position = await failBack(container, task)
    if (position.decision === 'failed-back') count(container.watch, 'FailedBack')
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createFailBackHandler(connect(needs)))
