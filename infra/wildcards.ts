const NONE = 'the API has no resources'
const LOG_DELIVERY = `log delivery of a state machine; ${NONE}`

/**
 * Every action that is granted on all resources, and why it cannot be narrower. Anything else on `*` fails a test, and
 * so does an action of which it says that there are no resources where IAM knows some.
 */
export const WILDCARDS: Readonly<Record<string, string>> = {
  'application-autoscaling:DescribeScalableTargets': NONE,
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
  'cloudwatch:DescribeAlarms': 'a narrower scope is answered without composite alarms',
  'cloudwatch:GetMetricData':
    'metrics are no resources; the only ones that it knows are data sets of PromQL',
  'dynamodb:ListStreams': `the stream mapping lists streams; ${NONE}`,
  'ecs:ListTasks':
    'its resource is a container instance, which Fargate has none of; narrowed to the clusters by a condition',
  'elasticloadbalancing:DescribeListeners': NONE,
  'elasticloadbalancing:DescribeRules': NONE,
  'elasticloadbalancing:DescribeTargetHealth': NONE,
  'logs:CreateLogDelivery': LOG_DELIVERY,
  'logs:DeleteLogDelivery': LOG_DELIVERY,
  'logs:DescribeLogGroups': LOG_DELIVERY,
  'logs:DescribeResourcePolicies': LOG_DELIVERY,
  'logs:GetLogDelivery': LOG_DELIVERY,
  'logs:ListLogDeliveries': LOG_DELIVERY,
  'logs:PutResourcePolicy': LOG_DELIVERY,
  'logs:UpdateLogDelivery': LOG_DELIVERY,
  'xray:GetSamplingRules': NONE,
  'xray:GetSamplingTargets': NONE,
  'xray:PutTelemetryRecords': NONE,
  'xray:PutTraceSegments': NONE,
}

/** Every action that is granted on resources of which a part of the ARN is open, and why. Anything else fails a test. */
export const OPEN_ARNS: Readonly<Record<string, string>> = {
  'application-autoscaling:RegisterScalableTarget':
    "a scalable target's id is made up by AWS; narrowed to the desired counts of ECS services, and by the ecs:UpdateService that AWS asks of its caller",
  'ecs:DescribeTasks': "a task's id is made when it starts; narrowed to the canary's clusters",
  'logs:CreateLogStream': "Lambda names the streams; narrowed to the function's own log group",
  'logs:PutLogEvents': "Lambda names the streams; narrowed to the function's own log group",
  'route53:GetChange': "a change's id is made by the change; it tells nothing but its state",
  'states:DescribeExecution':
    "executions are named after rollouts; narrowed to the controller's own state machine",
  'sts:AssumeRole':
    "canaries come and go without the controller's stack; narrowed to their path and by the session's tag, and each role says itself who may assume it",
  'sts:TagSession': 'goes with sts:AssumeRole, on the same roles',
}
