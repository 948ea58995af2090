import { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import type { Position } from '../../core/model/position.ts'
import type { Environment } from './environment.ts'
import type { MetricName } from './metric-names.ts'
import { aboutCanary, createMetrics, measure } from './metrics.ts'
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
}

export function createWatch(environment: Environment): Watch {
  const { service, logLevel } = environment
  const logger = new Logger({ serviceName: service, logLevel })
  return {
    logger,
    metrics: createMetrics(environment, logger),
    tracing: createTracing(service),
  }
}

/** Says what the rest of the invocation is about. */
export function about({ logger, metrics, tracing }: Watch, subject: Subject): void {
  const { canary, rollout, step } = subject
  logger.appendKeys({ canary, rollout, step })
  if (canary !== undefined) {
    aboutCanary(metrics, canary)
    tracing.annotate('canary', canary)
  }
  if (rollout !== undefined) tracing.annotate('rollout', rollout)
  if (step !== undefined) tracing.annotate('step', step)
}

export function count({ metrics }: Watch, name: MetricName): void {
  measure(metrics, name, 1)
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
  if (result.begun) count(watch, 'RolloutStarted')
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
    | 'watching'
    | 'settled'
  readonly canary?: string
  readonly rollout?: string
  readonly begun?: true
  readonly reason: string
}

const METRIC_OF: Readonly<Record<EventResult['kind'], MetricName | undefined>> = {
  started: undefined,
  resumed: undefined,
  queued: 'RolloutQueued',
  ignored: 'EventIgnored',
  recorded: 'SignalRecorded',
  duplicate: undefined,
  refused: undefined,
  recovering: 'Recovering',
  watching: undefined,
  settled: undefined,
}
