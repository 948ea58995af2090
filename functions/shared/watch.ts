import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { Position } from '../../core/model/position.ts'
import type { Environment } from './environment.ts'
import type { MetricName } from './metric-names.ts'
import { createTracing, type Tracing } from './tracing.ts'

/** What an invocation is about: on each of its log lines, its trace and its metrics. */
export interface Subject {
  readonly canary?: string | undefined
  readonly rollout?: string | undefined
  readonly step?: number | undefined
}

/** What a function is watched by. */
export interface Watch {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly tracing: Tracing
  /** Log level SILENT: metrics are lines of the same log. */
  readonly silent: boolean
}

export function createWatch({ service, metricsNamespace, logLevel }: Environment): Watch {
  return {
    logger: new Logger({ serviceName: service, logLevel }),
    metrics: new Metrics({ serviceName: service, namespace: metricsNamespace }),
    tracing: createTracing(service),
    silent: logLevel === 'SILENT',
  }
}

/** Says what the rest of the invocation is about. */
export function about({ logger, metrics, tracing }: Watch, subject: Subject): void {
  const { canary, rollout, step } = subject
  logger.appendKeys({ canary, rollout, step })
  if (canary !== undefined) {
    // Powertools warns of a dimension that is given twice, and a subject is told in parts.
    metrics.clearDimensions()
    metrics.addDimension('canary', canary)
    tracing.annotate('canary', canary)
  }
  if (rollout !== undefined) tracing.annotate('rollout', rollout)
  if (step !== undefined) tracing.annotate('step', step)
}

export function count({ metrics }: Watch, name: MetricName): void {
  metrics.addMetric(name, 'Count', 1)
}

/** Prints what was counted; a dimension without a metric would be left for the next invocation. */
export function publishMetrics({ metrics, silent }: Watch): void {
  if (metrics.hasStoredMetrics() && !silent) metrics.publishStoredMetrics()
  metrics.clearMetrics()
  metrics.clearDimensions()
}

/** Logs where the rollout stands, and hands it on. */
export function told(watch: Watch, position: Position): Position {
  const { step, weight, decision, reason } = position
  watch.logger.info(reason, { step, weight, decision })
  return position
}

/** What a use case made of an event; an ignored one is told like the others, with its reason. */
export function toldResult<Result extends EventResult>(watch: Watch, result: Result): Result {
  const { kind, canary, rollout, reason } = result
  about(watch, { canary, rollout })
  const metric = METRIC_OF[kind]
  if (metric) count(watch, metric)
  watch.logger.info(reason, { result: kind })
  return result
}

export interface EventResult {
  readonly kind:
    | 'started'
    | 'resumed'
    | 'queued'
    | 'ignored'
    | 'recorded'
    | 'duplicate'
    | 'refused'
    | 'recovering'
  readonly canary?: string
  readonly rollout?: string
  readonly reason: string
}

const METRIC_OF: Readonly<Record<EventResult['kind'], MetricName | undefined>> = {
  started: 'RolloutStarted',
  resumed: 'RolloutStarted',
  queued: 'RolloutQueued',
  ignored: 'EventIgnored',
  recorded: 'SignalRecorded',
  duplicate: undefined,
  refused: undefined,
  recovering: 'Recovering',
}
