import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import type { LocalCanary } from '../../../fixtures/in-process/local-canary.ts'

export const METRIC = {
  type: 'metric',
  name: 'errors',
  source: { namespace: 'Shop', metric: 'Errors' },
  above: 5,
}

export async function putAlarm(canary: LocalCanary): Promise<void> {
  await new CloudWatchClient(canary.person).send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  )
}
