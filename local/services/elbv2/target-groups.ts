import type {
  CreateTargetGroupInput,
  DeleteTargetGroupInput,
  DescribeTargetGroupsInput,
  ModifyTargetGroupInput,
  TargetGroup as TargetGroupShown,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { theLoadBalancer, theTargetGroup } from './lookup.ts'
import { describePage } from './paging.ts'
import type { Elbv2State, HealthCheck, TargetGroup } from './state.ts'

const DEFAULTS: HealthCheck = {
  enabled: true,
  path: '/',
  port: 'traffic-port',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
}

/** AWS starts at 5 s and 2 s; a demonstration that must end in a minute cannot wait for that. */
const BOUNDS = {
  intervalSeconds: [1, 300],
  timeoutSeconds: [1, 120],
  healthyThreshold: [1, 10],
  unhealthyThreshold: [1, 10],
} as const

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

const healthCheckOf = (
  input: Omit<ModifyTargetGroupInput, 'TargetGroupArn'>,
  before: HealthCheck,
): HealthCheck => {
  const check: HealthCheck = {
    enabled: input.HealthCheckEnabled ?? before.enabled,
    path: input.HealthCheckPath ?? before.path,
    port: input.HealthCheckPort ?? before.port,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  }
  for (const name of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const [low, high] = BOUNDS[name]
    const value = check[name]
    if (!Number.isInteger(value) || value < low || value > high) {
      throw invalid(`Health check ${name} is ${value}: give an integer from ${low} to ${high}`)
    }
  }
  if (!check.path.startsWith('/'))
    throw invalid(`Health check path '${check.path}' lacks its first /`)
  if (!/^\d{3}([-,]\d{3})*$/.test(check.matcher)) {
    throw invalid(
      `Matcher '${check.matcher}' is no list or range of HTTP codes such as 200,202 or 200-299`,
    )
  }
  if (check.port !== 'traffic-port' && !/^\d{1,5}$/.test(check.port)) {
    throw invalid(`Health check port '${check.port}' is neither a port nor traffic-port`)
  }
  return check
}

const shown = (state: Elbv2State, group: TargetGroup): TargetGroupShown => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: 'HTTP',
  ProtocolVersion: 'HTTP1',
  Port: group.port,
  ...(group.vpcId !== undefined && { VpcId: group.vpcId }),
  TargetType: group.targetType,
  HealthCheckProtocol: 'HTTP',
  HealthCheckEnabled: group.healthCheck.enabled,
  HealthCheckPath: group.healthCheck.path,
  HealthCheckPort: group.healthCheck.port,
  HealthCheckIntervalSeconds: group.healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: group.healthCheck.timeoutSeconds,
  HealthyThresholdCount: group.healthCheck.healthyThreshold,
  UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
  Matcher: { HttpCode: group.healthCheck.matcher },
  LoadBalancerArns: state.usersOf(group.arn),
  IpAddressType: 'ipv4',
})

export const createTargetGroup = (state: Elbv2State) => (input: CreateTargetGroupInput) => {
  const name = input.Name ?? ''
  if (!/^(?!-)(?!.*-$)[A-Za-z0-9-]{1,32}$/.test(name)) {
    throw invalid(
      `The target group name '${name}' is not 1 to 32 letters, digits and inner hyphens`,
    )
  }
  if (input.Protocol !== 'HTTP')
    throw invalid(`local AWS has target groups of HTTP only, not ${input.Protocol}`)
  const targetType = input.TargetType ?? 'instance'
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw invalid(`local AWS has targets of type ip and instance, not ${targetType}`)
  }
  const port = input.Port ?? 0
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid(`Port is ${input.Port}: give an integer from 1 to 65535`)
  }
  if ([...state.targetGroups.values()].some((group) => group.name === name)) {
    throw new AwsError('DuplicateTargetGroupName', `A target group named '${name}' exists already`)
  }
  const group: TargetGroup = {
    arn: arnOf('elasticloadbalancing', `targetgroup/${name}/${state.nextId(name)}`),
    name,
    port,
    targetType,
    vpcId: input.VpcId,
    healthCheck: healthCheckOf(input, DEFAULTS),
    targets: new Map(),
  }
  state.targetGroups.set(group.arn, group)
  if (input.Tags) state.tags.set(group.arn, input.Tags)
  state.changed()
  return { TargetGroups: [shown(state, group)] }
}

export const describeTargetGroups = (state: Elbv2State) => (input: DescribeTargetGroupsInput) => {
  const all = [...state.targetGroups.values()]
  const named = input.Names?.map((name) => {
    const group = all.find((one) => one.name === name)
    if (!group) throw new AwsError('TargetGroupNotFound', `Target groups '[${name}]' not found`)
    return group
  })
  const ofBalancer =
    input.LoadBalancerArn === undefined ? undefined : theLoadBalancer(state, input.LoadBalancerArn)
  const groups =
    input.TargetGroupArns?.map((arn) => theTargetGroup(state, arn)) ??
    named ??
    (ofBalancer ? all.filter((group) => state.usersOf(group.arn).includes(ofBalancer.arn)) : all)
  const page = describePage(groups, (group) => group.arn, input)
  return { TargetGroups: page.items.map((group) => shown(state, group)), ...page.marker }
}

export const modifyTargetGroup = (state: Elbv2State) => (input: ModifyTargetGroupInput) => {
  const before = theTargetGroup(state, input.TargetGroupArn)
  const after = { ...before, healthCheck: healthCheckOf(input, before.healthCheck) }
  state.targetGroups.set(after.arn, after)
  state.changed()
  return { TargetGroups: [shown(state, after)] }
}

export const deleteTargetGroup = (state: Elbv2State) => (input: DeleteTargetGroupInput) => {
  const arn = input.TargetGroupArn ?? ''
  if (state.usersOf(arn).length > 0) {
    throw new AwsError(
      'ResourceInUse',
      `Target group '${arn}' is currently in use by a listener or a rule`,
    )
  }
  state.targetGroups.delete(arn)
  state.attributes.delete(arn)
  state.tags.delete(arn)
  state.changed()
  return {}
}
