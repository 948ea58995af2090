import { AwsError } from '../../wire/service.ts'
import type { Elbv2State, Listener, LoadBalancer, Rule, TargetGroup } from './state.ts'

const found = <T>(map: ReadonlyMap<string, T>, arn: string | undefined, code: string): T => {
  const item = map.get(arn ?? '')
  if (item) return item
  const what = code.replace(/NotFound$/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
  throw new AwsError(code, `${what} '${arn}' not found`)
}

export const theLoadBalancer = (state: Elbv2State, arn: string | undefined): LoadBalancer =>
  found(state.loadBalancers, arn, 'LoadBalancerNotFound')

export const theListener = (state: Elbv2State, arn: string | undefined): Listener =>
  found(state.listeners, arn, 'ListenerNotFound')

export const theRule = (state: Elbv2State, arn: string | undefined): Rule =>
  found(state.rules, arn, 'RuleNotFound')

export const theTargetGroup = (state: Elbv2State, arn: string | undefined): TargetGroup =>
  found(state.targetGroups, arn, 'TargetGroupNotFound')
