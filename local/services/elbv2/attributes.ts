import type {
  DescribeLoadBalancerAttributesInput,
  DescribeTargetGroupAttributesInput,
  ModifyLoadBalancerAttributesInput,
  ModifyTargetGroupAttributesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../wire/service.ts'
import { theLoadBalancer, theTargetGroup } from './lookup.ts'
import type { Elbv2State } from './state.ts'

export const DELETION_PROTECTION = 'deletion_protection.enabled'
export const DEREGISTRATION_DELAY = 'deregistration_delay.timeout_seconds'

/** Each with its default. Those that are not of one value alone are kept and told, or have effect. */
const OF_LOAD_BALANCERS: Readonly<Record<string, string>> = {
  [DELETION_PROTECTION]: 'false',
  'access_logs.s3.enabled': 'false',
  'idle_timeout.timeout_seconds': '60',
  'client_keep_alive.seconds': '3600',
  'routing.http.desync_mitigation_mode': 'defensive',
  'routing.http.drop_invalid_header_fields.enabled': 'false',
  'routing.http2.enabled': 'true',
}

const OF_TARGET_GROUPS: Readonly<Record<string, string>> = {
  [DEREGISTRATION_DELAY]: '300',
  'stickiness.enabled': 'false',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
}

/** What the data plane does not do is not taken. */
const ONE_VALUE = new Set([
  'access_logs.s3.enabled',
  'stickiness.enabled',
  'slow_start.duration_seconds',
  'load_balancing.algorithm.type',
])

type Given = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

function modify(
  state: Elbv2State,
  arn: string,
  defaults: Readonly<Record<string, string>>,
  given: Given,
) {
  const written: Record<string, string> = {}
  for (const { Key: key = '', Value: value = '' } of given) {
    const standard = Object.hasOwn(defaults, key) ? defaults[key] : undefined
    if (standard === undefined) {
      throw new AwsError(
        'ValidationError',
        `local AWS does not have the attribute '${key}'; it has ${Object.keys(defaults).join(', ')}`,
      )
    }
    if (ONE_VALUE.has(key) && value !== standard) {
      throw new AwsError(
        'ValidationError',
        `local AWS does not have the value '${value}' of '${key}': leave it at ${standard}`,
      )
    }
    if (/_seconds$/.test(key) && !/^\d{1,4}$/.test(value)) {
      throw new AwsError('ValidationError', `'${value}' of '${key}' is no number of seconds`)
    }
    written[key] = value
  }
  state.attributes.set(arn, { ...state.attributes.get(arn), ...written })
  return shown(state, arn, defaults)
}

const shown = (state: Elbv2State, arn: string, defaults: Readonly<Record<string, string>>) => ({
  Attributes: Object.entries({ ...defaults, ...state.attributes.get(arn) }).map(([Key, Value]) => ({
    Key,
    Value,
  })),
})

export const attributeOperations = (state: Elbv2State) => ({
  ModifyLoadBalancerAttributes: (input: ModifyLoadBalancerAttributesInput) =>
    modify(
      state,
      theLoadBalancer(state, input.LoadBalancerArn).arn,
      OF_LOAD_BALANCERS,
      input.Attributes ?? [],
    ),
  DescribeLoadBalancerAttributes: (input: DescribeLoadBalancerAttributesInput) =>
    shown(state, theLoadBalancer(state, input.LoadBalancerArn).arn, OF_LOAD_BALANCERS),
  ModifyTargetGroupAttributes: (input: ModifyTargetGroupAttributesInput) =>
    modify(
      state,
      theTargetGroup(state, input.TargetGroupArn).arn,
      OF_TARGET_GROUPS,
      input.Attributes ?? [],
    ),
  DescribeTargetGroupAttributes: (input: DescribeTargetGroupAttributesInput) =>
    shown(state, theTargetGroup(state, input.TargetGroupArn).arn, OF_TARGET_GROUPS),
})
