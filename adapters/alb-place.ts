import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { RouterError } from '../core/errors.ts'
import type { RouterDefinition } from '../core/model/definition.ts'
import { answered, isNamed } from './aws-errors.ts'

/** Where a canary's forward action stands. */
export interface AlbPlace {
  readonly arn: string
  /** @throws {RouterError} where there is nothing of this ARN. */
  read(): Promise<Action[]>
  /** Replaces the list of actions, and nothing else of the rule or listener. */
  write(actions: Action[]): Promise<void>
  /** ARNs of other rules of the same listener whose actions are like this: where the right one may be. */
  alike(isLike: (actions: readonly Action[]) => boolean): Promise<string[]>
}

export function albPlaceOf(
  elbv2: ElasticLoadBalancingV2Client,
  router: Extract<RouterDefinition, { type: 'alb' }>,
): AlbPlace {
  if (router.rule !== undefined) return rulePlace(elbv2, router.rule)
  if (router.listener !== undefined) return listenerPlace(elbv2, router.listener)
  throw new RouterError('the alb router has no place; give router.rule or router.listener')
}

function rulePlace(elbv2: ElasticLoadBalancingV2Client, arn: string): AlbPlace {
  return {
    arn,
    async read() {
      const command = new DescribeRulesCommand({ RuleArns: [arn] })
      const answer = await answered('ELBv2 DescribeRules', arn, elbv2.send(command)).catch(
        absent(arn, 'rule'),
      )
      const rule = answer.Rules?.find((one) => one.RuleArn === arn)
      if (!rule) throw absentError(arn, 'rule')
      if (rule.IsDefault) {
        throw new RouterError(
          `${arn} is a default rule, which only its listener can change; give the listener's ARN as router.listener instead of router.rule`,
        )
      }
      return rule.Actions ?? []
    },
    async write(actions) {
      const command = new ModifyRuleCommand({ RuleArn: arn, Actions: actions })
      await answered('ELBv2 ModifyRule', arn, elbv2.send(command)).catch(absent(arn, 'rule'))
    },
    alike: async () => [],
  }
}

function listenerPlace(elbv2: ElasticLoadBalancingV2Client, arn: string): AlbPlace {
  return {
    arn,
    async read() {
      const command = new DescribeListenersCommand({ ListenerArns: [arn] })
      const answer = await answered('ELBv2 DescribeListeners', arn, elbv2.send(command)).catch(
        absent(arn, 'listener'),
      )
      const listener = answer.Listeners?.find((one) => one.ListenerArn === arn)
      if (!listener) throw absentError(arn, 'listener')
      return listener.DefaultActions ?? []
    },
    async write(actions) {
      const command = new ModifyListenerCommand({ ListenerArn: arn, DefaultActions: actions })
      await answered('ELBv2 ModifyListener', arn, elbv2.send(command)).catch(
        absent(arn, 'listener'),
      )
    },
    async alike(isLike) {
      const rules = await rulesOf(elbv2, arn)
      return rules
        .filter((rule) => !rule.IsDefault && isLike(rule.Actions ?? []))
        .map((rule) => rule.RuleArn ?? '')
    },
  }
}

async function rulesOf(elbv2: ElasticLoadBalancingV2Client, listener: string): Promise<Rule[]> {
  const rules: Rule[] = []
  let marker: string | undefined
  do {
    const command = new DescribeRulesCommand({
      ListenerArn: listener,
      ...(marker === undefined ? {} : { Marker: marker }),
    })
    const page = await answered('ELBv2 DescribeRules', listener, elbv2.send(command))
    rules.push(...(page.Rules ?? []))
    marker = page.NextMarker
  } while (marker)
  return rules
}

/** The SDK names an error by its shape, the wire by its code. */
const ABSENT = [
  'RuleNotFoundException',
  'RuleNotFound',
  'ListenerNotFoundException',
  'ListenerNotFound',
]

function absent(arn: string, field: 'rule' | 'listener') {
  return (error: unknown): never => {
    throw isNamed(error, ...ABSENT) ? absentError(arn, field, error) : error
  }
}

function absentError(arn: string, field: 'rule' | 'listener', cause?: unknown): RouterError {
  return new RouterError(`${arn} does not exist; correct router.${field} in the definition`, {
    cause,
  })
}
