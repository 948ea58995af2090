export const ALARM = 'errors'

/** Looks so far back that only who sets its state changes it. */
export const QUIET_ALARM = {
  AlarmName: ALARM,
  Namespace: 'Shop',
  MetricName: 'None',
  Statistic: 'Sum',
  Period: 86_400,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'ignore',
} as const
