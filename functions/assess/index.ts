import type { VerdictKind } from '../../core/model/verdict.ts'
import { assess } from '../../core/use-cases/assess.ts'
import {
  alarms,
  autoscaling,
  type Container,
  clock,
  connect,
  http,
  lambdas,
  metrics,
  notices,
  reaching,
  services,
  store,
  targetGroups,
} from '../shared/container.ts'
import type { MetricName } from '../shared/metric-names.ts'
import { measureCanary } from '../shared/metrics.ts'
import { count, told } from '../shared/watch.ts'
import { atFirstCall } from '../shared/watched.ts'
import { positionTask, taskHandler } from '../shared/workflow-task.ts'

const needs = {
  clock,
  store,
  http,
  notices,
  reachOf: reaching({ services, autoscaling, targetGroups, alarms, metrics, lambdas }),
}

const METRIC_OF: Readonly<Record<VerdictKind, MetricName>> = {
  pass: 'VerdictPassed',
  fail: 'VerdictFailed',
  inconclusive: 'VerdictInconclusive',
  error: 'VerdictError',
}

export function createAssessHandler(container: Container<typeof needs>) {
  return taskHandler(container.watch, positionTask, async (task) => {
    const { position, verdicts, weight } = await assess(container, task)
    measureCanary(container.watch.metrics, task.input.canary, 'Weight', weight)
    for (const { kind } of verdicts) count(container.watch, METRIC_OF[kind])
    return told(container.watch, position)
  })
}

export const handler = atFirstCall(() => createAssessHandler(connect(needs)))
