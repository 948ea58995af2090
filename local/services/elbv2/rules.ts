import type {
  CreateRuleInput,
  DeleteRuleInput,
  DescribeRulesInput,
  ModifyRuleInput,
  Rule as RuleShown,
  SetRulePrioritiesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../wire/service.ts'
import { acceptActions, shownActions } from './actions.ts'
import { acceptConditions } from './conditions.ts'
import { theListener, theRule } from './lookup.ts'
import { describePage } from './paging.ts'
import type { Elbv2State, Listener, Rule } from './state.ts'

const MAX_PRIORITY = 50_000

const shown = (rule: Rule): RuleShown => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: [...rule.conditions],
  Actions: shownActions(rule.actions),
  IsDefault: false,
})

/** A listener's default actions show as its last rule. */
const defaultRule = (listener: Listener): RuleShown => ({
  RuleArn: defaultRuleArn(listener),
  Priority: 'default',
  Conditions: [],
  Actions: shownActions(listener.defaultActions),
  IsDefault: true,
})

const defaultRuleArn = (listener: Listener): string =>
  `${listener.arn.replace(':listener/', ':listener-rule/')}/default`

const refuseDefaultRule = (state: Elbv2State, arn: string | undefined): void => {
  if ([...state.listeners.values()].some((listener) => defaultRuleArn(listener) === arn)) {
    throw new AwsError(
      'OperationNotPermitted',
      `Rule '${arn}' is the default rule of its listener: change it with ModifyListener`,
    )
  }
}

const describeOne = (state: Elbv2State, arn: string): RuleShown => {
  const byDefault = [...state.listeners.values()].find(
    (listener) => defaultRuleArn(listener) === arn,
  )
  return byDefault ? defaultRule(byDefault) : shown(theRule(state, arn))
}

const acceptPriority = (priority = 0): number => {
  if (Number.isInteger(priority) && priority >= 1 && priority <= MAX_PRIORITY) return priority
  throw new AwsError(
    'ValidationError',
    `Priority is ${priority}: give an integer from 1 to ${MAX_PRIORITY}`,
  )
}

export const createRule = (state: Elbv2State) => (input: CreateRuleInput) => {
  const listener = theListener(state, input.ListenerArn)
  const priority = acceptPriority(input.Priority)
  if (state.rulesOf(listener.arn).some((rule) => rule.priority === priority)) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
  }
  const rule: Rule = {
    arn: `${listener.arn.replace(':listener/', ':listener-rule/')}/${state.nextId('rule')}`,
    listenerArn: listener.arn,
    priority,
    conditions: acceptConditions(input.Conditions ?? []),
    actions: acceptActions(state, listener.loadBalancerArn, input.Actions ?? []),
  }
  state.rules.set(rule.arn, rule)
  if (input.Tags) state.tags.set(rule.arn, input.Tags)
  state.changed()
  return { Rules: [shown(rule)] }
}

export const describeRules = (state: Elbv2State) => (input: DescribeRulesInput) => {
  if ((input.ListenerArn === undefined) === (input.RuleArns === undefined)) {
    throw new AwsError('ValidationError', 'Give either ListenerArn or RuleArns')
  }
  const listener =
    input.ListenerArn === undefined ? undefined : theListener(state, input.ListenerArn)
  const rules = listener
    ? [...state.rulesOf(listener.arn).map(shown), defaultRule(listener)]
    : (input.RuleArns ?? []).map((arn) => describeOne(state, arn))
  const page = describePage(rules, (rule) => rule.RuleArn ?? '', input)
  return { Rules: page.items, ...page.marker }
}

export const modifyRule = (state: Elbv2State) => (input: ModifyRuleInput) => {
  refuseDefaultRule(state, input.RuleArn)
  const before = theRule(state, input.RuleArn)
  const listener = theListener(state, before.listenerArn)
  const after: Rule = {
    ...before,
    conditions: input.Conditions ? acceptConditions(input.Conditions) : before.conditions,
    actions: input.Actions
      ? acceptActions(state, listener.loadBalancerArn, input.Actions, before.actions)
      : before.actions,
  }
  state.rules.set(after.arn, after)
  state.changed()
  return { Rules: [shown(after)] }
}

/** All of them or none: a swap of two is one call. */
export const setRulePriorities = (state: Elbv2State) => (input: SetRulePrioritiesInput) => {
  const changed = (input.RulePriorities ?? []).map(({ RuleArn, Priority }) => {
    refuseDefaultRule(state, RuleArn)
    return { ...theRule(state, RuleArn), priority: acceptPriority(Priority) }
  })
  const after = new Map(state.rules)
  for (const rule of changed) after.set(rule.arn, rule)
  for (const { arn, listenerArn, priority } of changed) {
    const others = [...after.values()].filter((one) => one.listenerArn === listenerArn)
    if (others.some((one) => one.arn !== arn && one.priority === priority)) {
      throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)
    }
  }
  for (const rule of changed) state.rules.set(rule.arn, rule)
  state.changed()
  return { Rules: changed.map(shown) }
}

export const deleteRule = (state: Elbv2State) => (input: DeleteRuleInput) => {
  refuseDefaultRule(state, input.RuleArn)
  const rule = theRule(state, input.RuleArn)
  state.rules.delete(rule.arn)
  state.tags.delete(rule.arn)
  state.changed()
  return {}
}
