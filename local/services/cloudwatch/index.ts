import * as schemas from '@aws-sdk/client-cloudwatch'
import type { Service } from '../../wire/service.ts'
import type { AlarmEvent } from './alarm-event.ts'
import { AlarmKeeper, type Notify } from './alarm-keeper.ts'
import { deleteAlarms, describeAlarms, setAlarmState } from './alarm-operations.ts'
import { authorization } from './authorization.ts'
import { storeEmbeddedMetrics } from './embedded-metrics.ts'
import { getMetricData } from './get-metric-data.ts'
import { listMetrics } from './list-metrics.ts'
import { MetricStore } from './metric-store.ts'
import { putMetricAlarm } from './put-metric-alarm.ts'
import { putMetricData } from './put-metric-data.ts'

export interface CloudWatchOptions {
  /** Takes the events of alarms that change state; without it they go nowhere. */
  readonly publish?: (event: AlarmEvent) => void
  /** Tells the topics among an alarm's actions; without it nobody is told. */
  readonly notify?: Notify
  /** How long data is kept, milliseconds; 3 hours by default. */
  readonly retentionMs?: number
}

export interface CloudWatch extends Service {
  readonly metrics: MetricStore
  readonly alarms: AlarmKeeper
  /**
   * Writes a value as AWS's own services do, in whatever namespace.
   * @param at milliseconds since the epoch; now by default.
   */
  record(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
    at?: number,
  ): void
  /** Takes the metrics out of a line that a function logged, as CloudWatch Logs does. */
  logged(line: string): void
  /** Stops the timers of the alarms. */
  close(): void
}

/** What is not listed is refused: anomaly detection, other accounts. */
const supports: Service['supports'] = {
  PutMetricData: ['Namespace', 'MetricData', 'StrictEntityValidation'],
  GetMetricData: [
    'StartTime',
    'EndTime',
    'NextToken',
    'ScanBy',
    'MaxDatapoints',
    ...['Id', 'Label', 'ReturnData', 'Expression', 'Period'].map(
      (member) => `MetricDataQueries.${member}`,
    ),
    ...['Metric', 'Period', 'Stat'].map((member) => `MetricDataQueries.MetricStat.${member}`),
  ],
  ListMetrics: ['Namespace', 'MetricName', 'Dimensions', 'NextToken'],
  PutMetricAlarm: [
    ...['Id', 'Label', 'ReturnData', 'Expression', 'Period'].map((member) => `Metrics.${member}`),
    ...['Metric', 'Period', 'Stat'].map((member) => `Metrics.MetricStat.${member}`),
    'AlarmName',
    'AlarmDescription',
    'MetricName',
    'Namespace',
    'Statistic',
    'ExtendedStatistic',
    'Dimensions',
    'Period',
    'EvaluationPeriods',
    'DatapointsToAlarm',
    'Threshold',
    'ComparisonOperator',
    'TreatMissingData',
    'ActionsEnabled',
    'AlarmActions',
    'OKActions',
    'InsufficientDataActions',
    'Tags',
  ],
  DescribeAlarms: [
    'AlarmNames',
    'AlarmNamePrefix',
    'AlarmTypes',
    'StateValue',
    'MaxRecords',
    'NextToken',
  ],
}

const HOUR_MS = 3_600_000

/** CloudWatch: metrics down to one second, and alarms on them. */
export const createCloudWatch = (options: CloudWatchOptions = {}): CloudWatch => {
  const metrics = new MetricStore(options.retentionMs ?? 3 * HOUR_MS)
  const alarms = new AlarmKeeper(
    metrics,
    options.publish ?? (() => undefined),
    options.notify ?? (() => undefined),
  )
  return {
    name: 'cloudwatch',
    schemas,
    supports,
    authorization,
    metrics,
    alarms,
    operations: {
      PutMetricData: putMetricData(metrics),
      GetMetricData: getMetricData(metrics),
      ListMetrics: listMetrics(metrics),
      PutMetricAlarm: putMetricAlarm(alarms),
      DescribeAlarms: describeAlarms(alarms),
      DeleteAlarms: deleteAlarms(alarms),
      SetAlarmState: setAlarmState(alarms),
    },
    record: (namespace, name, dimensions, value, at = Date.now()) =>
      metrics.addValue({ namespace, name, dimensions }, at, value),
    logged: (line) => void storeEmbeddedMetrics(metrics, line),
    close: () => alarms.close(),
  }
}
