import * as schemas from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Service } from '../../wire/service.ts'
import { attributeOperations } from './attributes.ts'
import { authorization } from './authorization.ts'
import { createListener, deleteListener, describeListeners, modifyListener } from './listeners.ts'
import { createLoadBalancer, deleteLoadBalancer, describeLoadBalancers } from './load-balancers.ts'
import { createRule, deleteRule, describeRules, modifyRule, setRulePriorities } from './rules.ts'
import { Elbv2State } from './state.ts'
import { addTags, describeTags } from './tags.ts'
import {
  createTargetGroup,
  deleteTargetGroup,
  describeTargetGroups,
  modifyTargetGroup,
} from './target-groups.ts'
import { deregisterTargets, describeTargetHealth, registerTargets } from './targets.ts'

export interface Elbv2Options {
  /** Loopback address that a new load balancer listens on; by default 127.0.0.2, .3, … */
  readonly addressOf?: (name: string) => string
  /** How long a deregistered target is `draining`; 0, the default, for not at all. */
  readonly deregistrationDelayMs?: number
}

export interface Elbv2 extends Service {
  readonly state: Elbv2State
}

const HEALTH_CHECK = [
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckPort',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher.HttpCode',
]

const ACTION = [
  'Type',
  'Order',
  'TargetGroupArn',
  'ForwardConfig',
  'FixedResponseConfig',
  'RedirectConfig',
  'AuthenticateOidcConfig',
  'AuthenticateCognitoConfig',
]

const CONDITION = ['Field', 'Values', 'PathPatternConfig', 'HostHeaderConfig', 'HttpHeaderConfig']

const each = (parent: string, members: readonly string[]) =>
  members.map((member) => `${parent}.${member}`)

/** What is not listed here is refused. Places in a network mean nothing on one machine, so they are taken and unused. */
const supports: Service['supports'] = {
  CreateLoadBalancer: ['Name', 'Type', 'Scheme', 'Subnets', 'SecurityGroups', 'Tags'],
  CreateTargetGroup: ['Name', 'Protocol', 'Port', 'VpcId', 'TargetType', 'Tags', ...HEALTH_CHECK],
  ModifyTargetGroup: ['TargetGroupArn', ...HEALTH_CHECK],
  CreateListener: [
    'LoadBalancerArn',
    'Protocol',
    'Port',
    'Tags',
    ...each('DefaultActions', ACTION),
  ],
  ModifyListener: ['ListenerArn', 'Protocol', 'Port', ...each('DefaultActions', ACTION)],
  CreateRule: [
    'ListenerArn',
    'Priority',
    'Tags',
    ...each('Conditions', CONDITION),
    ...each('Actions', ACTION),
  ],
  ModifyRule: ['RuleArn', ...each('Conditions', CONDITION), ...each('Actions', ACTION)],
  RegisterTargets: ['TargetGroupArn', 'Targets.Id', 'Targets.Port', 'Targets.AvailabilityZone'],
  DescribeTargetHealth: ['TargetGroupArn', 'Targets.Id', 'Targets.Port'],
}

const sequentialAddresses = () => {
  let given = 1
  return () => {
    given += 1
    return `127.0.${Math.floor(given / 256)}.${given % 256}`
  }
}

/** Elastic Load Balancing v2, control plane: application load balancers over HTTP. The data plane reads `state`. */
export const createElbv2 = (options: Elbv2Options = {}): Elbv2 => {
  const state = new Elbv2State()
  const addressOf = options.addressOf ?? sequentialAddresses()
  return {
    name: 'elbv2',
    schemas,
    state,
    supports,
    authorization,
    operations: {
      CreateLoadBalancer: createLoadBalancer(state, addressOf),
      DescribeLoadBalancers: describeLoadBalancers(state),
      DeleteLoadBalancer: deleteLoadBalancer(state),
      CreateTargetGroup: createTargetGroup(state),
      DescribeTargetGroups: describeTargetGroups(state),
      ModifyTargetGroup: modifyTargetGroup(state),
      DeleteTargetGroup: deleteTargetGroup(state),
      CreateListener: createListener(state),
      DescribeListeners: describeListeners(state),
      ModifyListener: modifyListener(state),
      DeleteListener: deleteListener(state),
      CreateRule: createRule(state),
      DescribeRules: describeRules(state),
      ModifyRule: modifyRule(state),
      SetRulePriorities: setRulePriorities(state),
      DeleteRule: deleteRule(state),
      ...attributeOperations(state),
      RegisterTargets: registerTargets(state),
      DeregisterTargets: deregisterTargets(state, options.deregistrationDelayMs ?? 0),
      DescribeTargetHealth: describeTargetHealth(state),
      AddTags: addTags(state),
      DescribeTags: describeTags(state),
    },
  }
}
