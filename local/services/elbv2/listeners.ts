import type {
  CreateListenerInput,
  DeleteListenerInput,
  DescribeListenersInput,
  Listener as ListenerShown,
  ModifyListenerInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../wire/service.ts'
import { acceptActions, shownActions } from './actions.ts'
import { theListener, theLoadBalancer } from './lookup.ts'
import { describePage } from './paging.ts'
import type { Elbv2State, Listener } from './state.ts'

const shown = (listener: Listener): ListenerShown => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.loadBalancerArn,
  Port: listener.port,
  Protocol: 'HTTP',
  DefaultActions: shownActions(listener.defaultActions),
})

const acceptPort = (port: number | undefined): number => {
  if (port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new AwsError('ValidationError', `Port is ${port}: give an integer from 1 to 65535`)
}

const acceptProtocol = (protocol: string | undefined): void => {
  if (protocol === 'HTTP') return
  throw new AwsError('UnsupportedProtocol', `local AWS has listeners of HTTP only, not ${protocol}`)
}

const refuseTakenPort = (
  state: Elbv2State,
  loadBalancerArn: string,
  port: number,
  but?: string,
) => {
  const taken = state
    .listenersOf(loadBalancerArn)
    .some((listener) => listener.port === port && listener.arn !== but)
  if (taken) throw new AwsError('DuplicateListener', `A listener already exists on port ${port}`)
}

export const createListener = (state: Elbv2State) => (input: CreateListenerInput) => {
  const loadBalancer = theLoadBalancer(state, input.LoadBalancerArn)
  acceptProtocol(input.Protocol)
  const port = acceptPort(input.Port)
  refuseTakenPort(state, loadBalancer.arn, port)
  const defaultActions = acceptActions(state, loadBalancer.arn, input.DefaultActions ?? [])
  const listener: Listener = {
    arn: `${loadBalancer.arn.replace(':loadbalancer/', ':listener/')}/${state.nextId('listener')}`,
    loadBalancerArn: loadBalancer.arn,
    port,
    defaultActions,
  }
  state.listeners.set(listener.arn, listener)
  if (input.Tags) state.tags.set(listener.arn, input.Tags)
  state.changed()
  return { Listeners: [shown(listener)] }
}

export const describeListeners = (state: Elbv2State) => (input: DescribeListenersInput) => {
  if ((input.LoadBalancerArn === undefined) === (input.ListenerArns === undefined)) {
    throw new AwsError('ValidationError', 'Give either LoadBalancerArn or ListenerArns')
  }
  const listeners =
    input.ListenerArns?.map((arn) => theListener(state, arn)) ??
    state.listenersOf(theLoadBalancer(state, input.LoadBalancerArn).arn)
  const page = describePage(listeners, (listener) => listener.arn, input)
  return { Listeners: page.items.map(shown), ...page.marker }
}

export const modifyListener = (state: Elbv2State) => (input: ModifyListenerInput) => {
  const before = theListener(state, input.ListenerArn)
  if (input.Protocol !== undefined) acceptProtocol(input.Protocol)
  const port = input.Port === undefined ? before.port : acceptPort(input.Port)
  refuseTakenPort(state, before.loadBalancerArn, port, before.arn)
  const defaultActions = input.DefaultActions
    ? acceptActions(state, before.loadBalancerArn, input.DefaultActions, before.defaultActions)
    : before.defaultActions
  const after: Listener = { ...before, port, defaultActions }
  state.listeners.set(after.arn, after)
  state.changed()
  return { Listeners: [shown(after)] }
}

export const deleteListener = (state: Elbv2State) => (input: DeleteListenerInput) => {
  const { arn } = theListener(state, input.ListenerArn)
  for (const rule of state.rulesOf(arn)) state.rules.delete(rule.arn)
  state.listeners.delete(arn)
  state.tags.delete(arn)
  state.changed()
  return {}
}
