import type {
  Action,
  ForwardActionConfig,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../wire/service.ts'
import { type Elbv2State, targetGroupsIn } from './state.ts'

const MAX_TARGET_GROUPS = 5
const MAX_WEIGHT = 999
const MAX_STICKINESS_SECONDS = 604_800

const LAST = ['forward', 'redirect', 'fixed-response']
const FIRST = ['authenticate-oidc', 'authenticate-cognito']

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

const weightOf = (group: TargetGroupTuple): number => {
  const weight = group.Weight ?? 1
  if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT) {
    throw invalid(
      `Weight of ${group.TargetGroupArn} is ${weight}: give an integer from 0 to ${MAX_WEIGHT}`,
    )
  }
  return weight
}

const stickinessOf = (
  given: ForwardActionConfig['TargetGroupStickinessConfig'],
): NonNullable<ForwardActionConfig['TargetGroupStickinessConfig']> => {
  const seconds = given?.DurationSeconds
  if (
    seconds !== undefined &&
    (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_STICKINESS_SECONDS)
  ) {
    throw invalid(
      `Stickiness DurationSeconds is ${seconds}: give an integer from 1 to ${MAX_STICKINESS_SECONDS}`,
    )
  }
  if (given?.Enabled && seconds === undefined) {
    throw invalid('Stickiness DurationSeconds is missing: give it where stickiness is enabled')
  }
  return {
    Enabled: given?.Enabled ?? false,
    ...(seconds !== undefined && { DurationSeconds: seconds }),
  }
}

const forwardGroups = (action: Action): TargetGroupTuple[] => {
  const config = action.ForwardConfig?.TargetGroups
  if (!config) {
    if (!action.TargetGroupArn) {
      throw invalid('A forward action needs TargetGroupArn or ForwardConfig.TargetGroups')
    }
    return [{ TargetGroupArn: action.TargetGroupArn }]
  }
  const [only] = config
  if (
    action.TargetGroupArn &&
    (config.length !== 1 || only?.TargetGroupArn !== action.TargetGroupArn)
  ) {
    throw invalid('TargetGroupArn and ForwardConfig of one action name different target groups')
  }
  return config
}

/** AWS gives a single target group in both forms, several in ForwardConfig alone. */
const forward = (state: Elbv2State, action: Action): Action => {
  const groups = forwardGroups(action).map((group) => {
    const TargetGroupArn = group.TargetGroupArn ?? ''
    if (!state.targetGroups.has(TargetGroupArn)) {
      throw new AwsError('TargetGroupNotFound', `Target groups '${TargetGroupArn}' not found`)
    }
    return { TargetGroupArn, Weight: weightOf(group) }
  })
  if (groups.length === 0 || groups.length > MAX_TARGET_GROUPS) {
    throw invalid(`A forward action takes 1 to ${MAX_TARGET_GROUPS} target groups`)
  }
  if (new Set(groups.map((group) => group.TargetGroupArn)).size !== groups.length) {
    throw invalid('A forward action names a target group twice')
  }
  // What AWS does with none at all above zero is documented nowhere, so it is refused rather than guessed.
  if (groups.every((group) => group.Weight === 0)) {
    throw invalid('All target groups of a forward action have weight 0: give one of them more')
  }
  const [only] = groups
  return {
    Type: 'forward',
    ...(groups.length === 1 && only && { TargetGroupArn: only.TargetGroupArn }),
    ...(action.Order !== undefined && { Order: action.Order }),
    ForwardConfig: {
      TargetGroups: groups,
      TargetGroupStickinessConfig: stickinessOf(action.ForwardConfig?.TargetGroupStickinessConfig),
    },
  }
}

/** AWS never gives a client secret back, so who writes actions that were read must say to keep the old one. */
const authenticate = (action: Action, before: readonly Action[]): Action => {
  const oidc = action.AuthenticateOidcConfig
  if (!oidc) return action
  const existing = before.find(
    (one) => one.AuthenticateOidcConfig?.ClientId === oidc.ClientId,
  )?.AuthenticateOidcConfig
  const { UseExistingClientSecret: useExisting, ...config } = oidc
  const ClientSecret = useExisting ? existing?.ClientSecret : oidc.ClientSecret
  if (ClientSecret === undefined) {
    throw invalid(
      useExisting
        ? `There is no client secret of ${oidc.ClientId} to keep: give ClientSecret`
        : 'AuthenticateOidcConfig needs ClientSecret, or UseExistingClientSecret where one is stored',
    )
  }
  return { ...action, AuthenticateOidcConfig: { ...config, ClientSecret } }
}

const inOrder = (actions: readonly Action[]): readonly Action[] => {
  if (actions.length < 2) return actions
  const orders = actions.map((action) => action.Order)
  if (orders.includes(undefined) || new Set(orders).size !== orders.length) {
    throw invalid('Order is missing or given twice: give each of several actions its own')
  }
  return actions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
}

/**
 * Checks a list of actions and writes it as AWS would give it back.
 * @param before the actions that it replaces.
 * @throws {AwsError} as AWS names it, with the value and the bound.
 */
export const acceptActions = (
  state: Elbv2State,
  loadBalancerArn: string,
  given: readonly Action[],
  before: readonly Action[] = [],
): Action[] => {
  if (given.length === 0) throw invalid('Actions is empty: give at least one')
  const ordered = inOrder(given)
  ordered.forEach((action, at) => {
    const type = action.Type ?? ''
    const isLast = at === ordered.length - 1
    if (!LAST.includes(type) && !FIRST.includes(type)) {
      throw invalid(`local AWS does not support actions of type ${type}`)
    }
    if (LAST.includes(type) !== isLast) {
      throw new AwsError(
        'InvalidLoadBalancerAction',
        `An action of type ${type} stands ${isLast ? 'last' : 'before others'}: exactly one of ${LAST.join(', ')} stands last, after authentication`,
      )
    }
  })
  const accepted = ordered.map((action) => {
    if (action.Type === 'forward') return forward(state, action)
    return authenticate(action, before)
  })
  for (const arn of targetGroupsIn(accepted)) {
    if (state.usersOf(arn).some((user) => user !== loadBalancerArn)) {
      throw new AwsError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      )
    }
  }
  return accepted
}

/** Actions as the API shows them: without secrets. */
export const shownActions = (actions: readonly Action[]): Action[] =>
  actions.map((action) => {
    if (!action.AuthenticateOidcConfig) return action
    const { ClientSecret: _, ...shown } = action.AuthenticateOidcConfig
    return { ...action, AuthenticateOidcConfig: shown }
  })
