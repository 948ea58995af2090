import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2State } from '../../services/elbv2/state.ts'
import type { RoutedRequest } from './request.ts'

export interface ChosenActions {
  /** The rule's ARN, or the listener's for its default actions. */
  readonly place: string
  readonly actions: readonly Action[]
}

/** Actions of the first rule by priority whose conditions all hold; else the listener's default. Read afresh. */
export function chooseActions(
  state: Elbv2State,
  listenerArn: string,
  request: RoutedRequest,
): ChosenActions | undefined {
  for (const rule of state.rulesOf(listenerArn)) {
    if (rule.conditions.every((condition) => holds(condition, request))) {
      return { place: rule.arn, actions: rule.actions }
    }
  }
  const listener = state.listeners.get(listenerArn)
  return listener && { place: listener.arn, actions: listener.defaultActions }
}

/** One of the values suffices; hosts and headers regardless of case, paths by case. */
function holds(condition: RuleCondition, request: RoutedRequest): boolean {
  const values = condition.Values ?? []
  switch (condition.Field) {
    case 'path-pattern':
      return values.some((pattern) => matches(pattern, request.path, ''))
    case 'host-header':
      return values.some((pattern) => matches(pattern, request.host, 'i'))
    case 'http-header': {
      const { HttpHeaderName = '', Values = [] } = condition.HttpHeaderConfig ?? {}
      const sent = [request.headers[HttpHeaderName.toLowerCase()] ?? []].flat()
      return sent.some((text) => Values.some((pattern) => matches(pattern, text, 'i')))
    }
    default:
      return false
  }
}

/** `*` stands for any characters, also none, `?` for exactly one. */
function matches(pattern: string, text: string, flags: '' | 'i'): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, `s${flags}`).test(text)
}
