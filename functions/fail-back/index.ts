import type { Position, WorkflowTask } from '../../core/model/position.ts'
import type { WorkflowInput } from '../../core/ports.ts'
import { failBack, secondsToFailBack } from '../../core/use-cases/fail-back.ts'
import {
  autoscaling,
  type Container,
  clock,
  connect,
  lambdas,
  notices,
  reaching,
  routerOf,
  services,
  store,
} from '../shared/container.ts'
import { measure, measureCanary } from '../shared/metrics.ts'
import { count, told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { anyTask, taskHandler } from '../shared/workflow-task.ts'

const needs = {
  clock,
  store,
  notices,
  reachOf: reaching({ services, autoscaling, routerOf, lambdas }),
}

export function createFailBackHandler(container: Container<typeof needs>) {
  const { watch } = container
  const run = async (task: WorkflowTask<WorkflowInput | Position>) => {
    const { position, settled } = await failBack(container, task)
    if (settled?.outcome === 'failed-back') {
      count(watch, 'FailedBack')
      measureCanary(watch.metrics, task.input.canary, 'Weight', settled.achieved)
      const seconds = secondsToFailBack(settled)
      if (seconds !== undefined) measure(watch.metrics, 'FailBackSeconds', seconds)
    }
    return told(watch, position)
  }
  return taskHandler(watch, anyTask, run, ['FunctionFailed', 'FailBackFailed'])
}

export const handler = atFirstCall(() => createFailBackHandler(connect(needs)))
