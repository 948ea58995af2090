import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { Route53Client } from '@aws-sdk/client-route-53'
import { createRouterOf } from '../../../adapters/routers.ts'
import type { SlotWeights } from '../../../core/model/routing.ts'
import { createElbv2 } from '../../../local/services/elbv2/index.ts'
import { createLocalNetwork } from '../../fixtures/local-network.ts'
import { type RouterWorld, STANDING } from './contract.ts'

const SECRET = 'only the load balancer knows'

export const FIXED: Action = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'nothing' },
}

/** A load balancer with a rule that authenticates and then splits, and with a listener that does so by default. */
export async function createLoadBalancer() {
  const elbv2 = createElbv2()
  const network = createLocalNetwork([elbv2])
  const client = new ElasticLoadBalancingV2Client(network.config)
  const person = new ElasticLoadBalancingV2Client(network.personsConfig)
  const { state } = elbv2

  const balancer = await person.send(new CreateLoadBalancerCommand({ Name: 'main' }))
  const LoadBalancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn
  const createGroup = async (Name: string) => {
    const input = { Name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' } as const
    const { TargetGroups } = await person.send(new CreateTargetGroupCommand(input))
    return TargetGroups?.[0]?.TargetGroupArn ?? ''
  }
  const groups = {
    blue: await createGroup('shop-blue'),
    green: await createGroup('shop-green'),
    foreign: await createGroup('shop-green-2'),
  }

  const createListener = async (port: number, actions: Action[]) => {
    const input = {
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: port,
      DefaultActions: actions,
    } as const
    const { Listeners } = await person.send(new CreateListenerCommand(input))
    return Listeners?.[0]?.ListenerArn ?? ''
  }
  const createRule = async (listener: string, priority: number, actions: Action[]) => {
    const { Rules } = await person.send(
      new CreateRuleCommand({
        ListenerArn: listener,
        Priority: priority,
        Conditions: [{ Field: 'path-pattern', Values: [`/shop-${priority}/*`] }],
        Actions: actions,
      }),
    )
    return Rules?.[0]?.RuleArn ?? ''
  }
  const slots = {
    blue: { cluster: 'main', service: 'shop-blue', targetGroup: groups.blue },
    green: { cluster: 'main', service: 'shop-green', targetGroup: groups.green },
  }
  const routerOf = createRouterOf({ elbv2: client, route53: new Route53Client(network.config) })

  return {
    state,
    network,
    person,
    groups,
    createListener,
    createRule,
    routerOf: (place: { rule: string } | { listener: string }) =>
      routerOf({ router: { type: 'alb', ...place }, slots }),
  }
}

/** Actions as a careful person has them: a log-in first, and stickiness. */
export function splitting(
  groups: { readonly blue: string; readonly green: string },
  weights: SlotWeights = STANDING,
  stickinessSeconds = 120,
): Action[] {
  return [
    {
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: {
        Issuer: 'https://login.example.com',
        AuthorizationEndpoint: 'https://login.example.com/authorize',
        TokenEndpoint: 'https://login.example.com/token',
        UserInfoEndpoint: 'https://login.example.com/user',
        ClientId: 'shop',
        ClientSecret: SECRET,
        Scope: 'openid email',
        SessionTimeout: 3_600,
        OnUnauthenticatedRequest: 'deny',
        AuthenticationRequestExtraParams: { prompt: 'login' },
      },
    },
    {
      Type: 'forward',
      Order: 50,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.green, Weight: weights.green },
          { TargetGroupArn: groups.blue, Weight: weights.blue },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickinessSeconds },
      },
    },
  ]
}

/** The weights of a list of actions, and the rest of it. */
function taken(
  actions: readonly Action[],
  groups: { readonly blue: string; readonly green: string },
) {
  const copy = structuredClone([...actions])
  const weights: Record<string, number | undefined> = {}
  for (const tuple of copy.flatMap((action) => action.ForwardConfig?.TargetGroups ?? [])) {
    weights[tuple.TargetGroupArn ?? ''] = tuple.Weight
    delete tuple.Weight
  }
  return {
    weights: { blue: weights[groups.blue] ?? -1, green: weights[groups.green] ?? -1 },
    rest: copy,
  }
}

export async function createRuleWorld(): Promise<RouterWorld> {
  const world = await createLoadBalancer()
  const { state, groups, person } = world
  const listener = await world.createListener(80, [FIXED])
  for (let priority = 1; priority <= 5; priority++) {
    await world.createRule(listener, priority, splitting(groups, { blue: 7, green: 7 }))
  }
  const rule = await world.createRule(listener, 10, splitting(groups))
  const actions = () => state.rules.get(rule)?.actions ?? []
  return {
    router: world.routerOf({ rule }),
    network: world.network,
    writes: 'ModifyRule',
    reads: 'DescribeRules',
    place: rule,
    ttl: 0,
    throttles: ['Throttling', 'ThrottlingException'],
    weights: () => taken(actions(), groups).weights,
    rest: () => ({
      listeners: [...state.listeners.values()],
      rules: [...state.rules.values()].filter((one) => one.arn !== rule),
      ours: { ...state.rules.get(rule), actions: taken(actions(), groups).rest },
    }),
    async edit(weights) {
      await person.send(
        new ModifyRuleCommand({ RuleArn: rule, Actions: splitting(groups, weights) }),
      )
    },
    async editRest() {
      await person.send(
        new ModifyRuleCommand({
          RuleArn: rule,
          Conditions: [{ Field: 'host-header', Values: ['shop.example.com'] }],
          Actions: splitting(groups, STANDING, 600),
        }),
      )
    },
    settle: async () => {},
  }
}

export async function createListenerWorld(): Promise<RouterWorld> {
  const world = await createLoadBalancer()
  const { state, groups, person } = world
  const listener = await world.createListener(80, splitting(groups))
  await world.createListener(81, [FIXED])
  await world.createRule(listener, 1, splitting(groups, { blue: 7, green: 7 }))
  const actions = () => state.listeners.get(listener)?.defaultActions ?? []
  return {
    router: world.routerOf({ listener }),
    network: world.network,
    writes: 'ModifyListener',
    reads: 'DescribeListeners',
    place: listener,
    ttl: 0,
    throttles: ['Throttling', 'ThrottlingException'],
    weights: () => taken(actions(), groups).weights,
    rest: () => ({
      listeners: [...state.listeners.values()].filter((one) => one.arn !== listener),
      rules: [...state.rules.values()],
      ours: { ...state.listeners.get(listener), defaultActions: taken(actions(), groups).rest },
    }),
    async edit(weights) {
      await person.send(
        new ModifyListenerCommand({
          ListenerArn: listener,
          DefaultActions: splitting(groups, weights),
        }),
      )
    },
    async editRest() {
      await person.send(
        new ModifyListenerCommand({
          ListenerArn: listener,
          Port: 8080,
          DefaultActions: splitting(groups, STANDING, 600),
        }),
      )
    },
    settle: async () => {},
  }
}
