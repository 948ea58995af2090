import { Stack } from 'aws-cdk-lib'
import {
  ApplicationListener,
  ApplicationListenerRule,
  CfnListener,
  CfnListenerRule,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { type CanaryDefinitionProps, isObject } from './definition-input.ts'

/** As far as it matters here, an action in CDK's spelling. */
interface Action {
  readonly type?: unknown
  readonly targetGroupArn?: unknown
  readonly forwardConfig?: {
    readonly targetGroups?: readonly { readonly targetGroupArn?: unknown }[]
  }
}

/** The rule or listener of the canary's router, where it is a construct of this app and its actions are known. */
interface Place {
  readonly prop: 'router.rule' | 'router.listener'
  readonly path: string
  readonly stack: Stack
  readonly actions: readonly Action[]
}

function placeOf({ router }: Pick<CanaryDefinitionProps, 'router'>): Place | undefined {
  if (!isObject(router)) return undefined
  if ('rule' in router && router.rule instanceof ApplicationListenerRule) {
    const { node } = router.rule
    if (!(node.defaultChild instanceof CfnListenerRule)) return undefined
    return place('router.rule', node.defaultChild, node.defaultChild.actions)
  }
  if ('listener' in router && router.listener instanceof ApplicationListener) {
    const { node } = router.listener
    if (!(node.defaultChild instanceof CfnListener)) return undefined
    return place('router.listener', node.defaultChild, node.defaultChild.defaultActions)
  }
  return undefined
}

function place(
  prop: Place['prop'],
  resource: CfnListener | CfnListenerRule,
  actions: unknown,
): Place {
  const stack = Stack.of(resource)
  const resolved: unknown = stack.resolve(actions)
  const known = Array.isArray(resolved) ? (resolved as Action[]) : []
  return { prop, path: resource.node.path, stack, actions: known }
}

/**
 * Why the router's rule or listener cannot split the traffic between the slots: its forward action has to have both
 * target groups and no other. Nothing where it stands elsewhere; then `Prepare` asks Elastic Load Balancing.
 */
export function forwardIssues(
  props: Pick<CanaryDefinitionProps, 'router' | 'blue' | 'green'>,
): readonly string[] {
  const found = placeOf(props)
  if (!found) return []
  const { prop, path, stack, actions } = found
  const forwarded = actions
    .filter(({ type }) => type === 'forward')
    .flatMap(targetGroups)
    .map(told)
  const slots = (['blue', 'green'] as const).map((slot) => {
    const targetGroup = props[slot]?.targetGroup
    const arn = typeof targetGroup === 'object' ? targetGroup.targetGroupArn : targetGroup
    return { slot, arn: told(stack.resolve(arn)) }
  })
  // Which one a slot lacks is told by the schema; nothing can be missed or foreign until it is there.
  if (slots.some(({ arn }) => arn === told(undefined))) return []
  const missing = slots.filter(({ arn }) => !forwarded.includes(arn))
  const foreign = forwarded.filter((arn) => !slots.some((one) => one.arn === arn))
  return [
    ...missing.map(
      ({ slot, arn }) =>
        `${prop} (${path}): its forward action has not ${slot}'s target group ${arn}; forward to both slots' target groups, with all of the weight on the live one`,
    ),
    ...foreign.map(
      (arn) =>
        `${prop} (${path}): its forward action has also the target group ${arn}, which is no slot's; leave only the slots' target groups`,
    ),
  ]
}

/** Whoever writes the rule back is asked for the user pools that it authenticates by. */
export function userPoolIssues(
  props: Pick<CanaryDefinitionProps, 'router'> & { readonly userPools?: readonly unknown[] },
): readonly string[] {
  const found = placeOf(props)
  const authenticates = found?.actions.some(({ type }) => type === 'authenticate-cognito')
  if (!found || !authenticates || (props.userPools ?? []).length > 0) return []
  return [
    `userPools: is missing, and ${found.prop} (${found.path}) authenticates by Cognito; give the user pools, for Elastic Load Balancing looks them up as whoever writes the weights`,
  ]
}

function targetGroups({ targetGroupArn, forwardConfig }: Action): readonly unknown[] {
  const tuples = forwardConfig?.targetGroups ?? []
  return tuples.length > 0 ? tuples.map((tuple) => tuple.targetGroupArn) : [targetGroupArn]
}

function told(arn: unknown): string {
  return JSON.stringify(arn) ?? 'none'
}
