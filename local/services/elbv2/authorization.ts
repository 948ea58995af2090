import type {
  Action,
  AddTagsInput,
  CreateListenerInput,
  CreateLoadBalancerInput,
  CreateRuleInput,
  CreateTargetGroupInput,
  DeleteListenerInput,
  DeleteLoadBalancerInput,
  DeleteRuleInput,
  DeleteTargetGroupInput,
  DeregisterTargetsInput,
  ModifyListenerInput,
  ModifyLoadBalancerAttributesInput,
  ModifyRuleInput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupInput,
  RegisterTargetsInput,
  SetRulePrioritiesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll, type Requirement } from '../../wire/authorization.ts'

const named = (action: string) => `elasticloadbalancing:${action}`
const onArn = (action: string, arn: string | undefined) => on(named(action), arn ?? '')
const onNew = (action: string, what: string) =>
  on(named(action), arnOf('elasticloadbalancing', what))

/** Whoever writes an action that authenticates with Cognito is asked for the user pool that it names. */
const userPools = (actions: readonly Action[] = []): readonly Requirement[] =>
  actions.flatMap(({ AuthenticateCognitoConfig: config }) =>
    config ? on('cognito-idp:DescribeUserPoolClient', config.UserPoolArn ?? '') : [],
  )

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const authorization: Authorization = {
  CreateLoadBalancer: ({ Name: name }: CreateLoadBalancerInput) =>
    onNew('CreateLoadBalancer', `loadbalancer/app/${name}/*`),
  DescribeLoadBalancers: () => onAll(named('DescribeLoadBalancers')),
  DeleteLoadBalancer: ({ LoadBalancerArn: arn }: DeleteLoadBalancerInput) =>
    onArn('DeleteLoadBalancer', arn),
  CreateTargetGroup: ({ Name: name }: CreateTargetGroupInput) =>
    onNew('CreateTargetGroup', `targetgroup/${name}/*`),
  DescribeTargetGroups: () => onAll(named('DescribeTargetGroups')),
  ModifyTargetGroup: ({ TargetGroupArn: arn }: ModifyTargetGroupInput) =>
    onArn('ModifyTargetGroup', arn),
  DeleteTargetGroup: ({ TargetGroupArn: arn }: DeleteTargetGroupInput) =>
    onArn('DeleteTargetGroup', arn),
  CreateListener: ({ LoadBalancerArn: arn, DefaultActions: actions }: CreateListenerInput) => [
    ...onArn('CreateListener', arn),
    ...userPools(actions),
  ],
  DescribeListeners: () => onAll(named('DescribeListeners')),
  ModifyListener: ({ ListenerArn: arn, DefaultActions: actions }: ModifyListenerInput) => [
    ...onArn('ModifyListener', arn),
    ...userPools(actions),
  ],
  DeleteListener: ({ ListenerArn: arn }: DeleteListenerInput) => onArn('DeleteListener', arn),
  CreateRule: ({ ListenerArn: arn, Actions: actions }: CreateRuleInput) => [
    ...onArn('CreateRule', arn),
    ...userPools(actions),
  ],
  DescribeRules: () => onAll(named('DescribeRules')),
  ModifyRule: ({ RuleArn: arn, Actions: actions }: ModifyRuleInput) => [
    ...onArn('ModifyRule', arn),
    ...userPools(actions),
  ],
  SetRulePriorities: ({ RulePriorities: rules = [] }: SetRulePrioritiesInput) =>
    on(
      named('SetRulePriorities'),
      rules.map(({ RuleArn: arn = '' }) => arn),
    ),
  DeleteRule: ({ RuleArn: arn }: DeleteRuleInput) => onArn('DeleteRule', arn),
  ModifyLoadBalancerAttributes: ({ LoadBalancerArn: arn }: ModifyLoadBalancerAttributesInput) =>
    onArn('ModifyLoadBalancerAttributes', arn),
  DescribeLoadBalancerAttributes: () => onAll(named('DescribeLoadBalancerAttributes')),
  ModifyTargetGroupAttributes: ({ TargetGroupArn: arn }: ModifyTargetGroupAttributesInput) =>
    onArn('ModifyTargetGroupAttributes', arn),
  DescribeTargetGroupAttributes: () => onAll(named('DescribeTargetGroupAttributes')),
  RegisterTargets: ({ TargetGroupArn: arn }: RegisterTargetsInput) => onArn('RegisterTargets', arn),
  DeregisterTargets: ({ TargetGroupArn: arn }: DeregisterTargetsInput) =>
    onArn('DeregisterTargets', arn),
  DescribeTargetHealth: () => onAll(named('DescribeTargetHealth')),
  AddTags: ({ ResourceArns: arns = [] }: AddTagsInput) => on(named('AddTags'), arns),
  DescribeTags: () => onAll(named('DescribeTags')),
}
