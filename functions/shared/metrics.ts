import type { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { Environment } from './environment.ts'
import {
  CANARY_DIMENSION,
  CANARY_METRICS,
  type CanaryMetricName,
  METRICS,
  type MetricName,
} from './metric-names.ts'

/**
 * Powertools' metrics: lines of the function's log in CloudWatch's embedded metric format.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  { service, metricsNamespace, logLevel }: Environment,
  logger: Logger,
): Metrics {
  const options = { namespace: metricsNamespace, serviceName: service, logger }
  return logLevel === 'SILENT' ? new SilentMetrics(options) : new Metrics(options)
}

/** Powertools prints metrics whatever the log's level. Where the log is silent, its metrics are too. */
class SilentMetrics extends Metrics {
  override publishStoredMetrics(): this {
    forget(this)
    return this
  }

  override singleMetric(): Metrics {
    return new SilentMetrics({ singleMetric: true })
  }
}

/** Whom the metrics of the invocation, those before this too, are about. Said twice, it counts once. */
export function aboutCanary(metrics: Metrics, canary: string): void {
  metrics.clearDimensions()
  // Each set is together with the service. Without the empty one there would be no metric over all canaries.
  metrics.addDimensions({}).addDimensions({ [CANARY_DIMENSION]: canary })
}

export function measure(metrics: Metrics, name: MetricName, value: number): void {
  metrics.addMetric(name, METRICS[name], value)
}

/** On a line of its own, at once, for all metrics of a line have the same dimensions. */
export function measureCanary(
  metrics: Metrics,
  canary: string,
  name: CanaryMetricName,
  value: number,
): void {
  const single = metrics.singleMetric()
  single.addDimension(CANARY_DIMENSION, canary).addMetric(name, CANARY_METRICS[name], value)
}

/**
 * Prints what was measured, and forgets it and whom it was about. (Powertools' own middleware warns of every
 * invocation that measured nothing, which most do not have to.)
 */
export function publish(metrics: Metrics): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  forget(metrics)
}

export function forget(metrics: Metrics): void {
  metrics.clearMetrics()
  metrics.clearDimensions()
}
