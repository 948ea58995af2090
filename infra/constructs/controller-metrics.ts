import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import {
  CANARY_DIMENSION,
  type CanaryMetricName,
  METRICS_NAMESPACE,
  type MetricName,
  SERVICE,
  SERVICE_DIMENSION,
} from '../../functions/shared/metric-names.ts'

/** What alarms and the dashboard look at is a point every so often. */
export const PERIOD = Duration.minutes(5)

/** A metric of the functions over all canaries: how often, unless another statistic is asked for. */
export function controllerMetric(name: MetricName, statistic: string = Stats.SUM): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: name,
    dimensionsMap: { [SERVICE_DIMENSION]: SERVICE },
    statistic,
    period: PERIOD,
  })
}

/** A metric of the functions, a line for each canary that there is. */
export function metricOfEach(
  name: MetricName | CanaryMetricName,
  statistic: string,
): MathExpression {
  const schema = `{${[METRICS_NAMESPACE, SERVICE_DIMENSION, CANARY_DIMENSION].join(',')}}`
  return new MathExpression({
    expression: `SEARCH('${schema} MetricName="${name}"', '${statistic}', 60)`,
    // Each line is called by its canary.
    label: `\${PROP('Dim.${CANARY_DIMENSION}')}`,
    period: Duration.minutes(1),
  })
}

/** Messages that wait, of a queue in which none should. */
export function waitingIn(queue: IQueue): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  })
}

/** @param metrics at most ten, which is what an alarm may add up. */
export function sumOf(label: string, metrics: readonly IMetric[]): MathExpression {
  const named = metrics.map((metric, index) => [`m${index}`, metric] as const)
  return new MathExpression({
    // Not `m0 + m1`: that has no value where one of them has none, and a function that rests has none.
    expression: `SUM([${named.map(([id]) => id).join(', ')}])`,
    usingMetrics: Object.fromEntries(named),
    label,
    period: PERIOD,
  })
}
