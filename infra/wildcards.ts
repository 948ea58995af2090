/** Every action that is granted on all resources, and why it cannot be narrower. Anything else on `*` fails a test. */
export const WILDCARDS: Readonly<Record<string, string>> = {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
  'cloudwatch:DescribeAlarms': 'a narrower scope is answered without composite alarms',
  'cloudwatch:GetMetricData': 'the API has no resources',
  'dynamodb:ListStreams': 'the stream mapping lists streams; the API has no resources',
  'ecs:ListTasks':
    'its resource is a container instance, which Fargate has none of; narrowed to clusters of the account by a condition',
  'elasticloadbalancing:DescribeListeners': 'the API has no resources',
  'elasticloadbalancing:DescribeRules': 'the API has no resources',
  'elasticloadbalancing:DescribeTargetHealth': 'the API has no resources',
  'logs:CreateLogDelivery': 'log delivery of a state machine; the API has no resources',
  'logs:DeleteLogDelivery': 'log delivery of a state machine; the API has no resources',
  'logs:DescribeLogGroups': 'log delivery of a state machine; the API has no resources',
  'logs:DescribeResourcePolicies': 'log delivery of a state machine; the API has no resources',
  'logs:GetLogDelivery': 'log delivery of a state machine; the API has no resources',
  'logs:ListLogDeliveries': 'log delivery of a state machine; the API has no resources',
  'logs:PutResourcePolicy': 'log delivery of a state machine; the API has no resources',
  'logs:UpdateLogDelivery': 'log delivery of a state machine; the API has no resources',
  'xray:GetSamplingRules': 'the API has no resources',
  'xray:GetSamplingTargets': 'the API has no resources',
  'xray:PutTelemetryRecords': 'the API has no resources',
  'xray:PutTraceSegments': 'the API has no resources',
}
