import type { RuleState, Target } from '@aws-sdk/client-eventbridge'
import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type { Pattern } from './pattern.ts'

export const BUS = 'default'

export interface Rule {
  readonly name: string
  readonly arn: string
  readonly patternText: string
  readonly pattern: Pattern
  readonly description: string | undefined
  state: RuleState
  targets: readonly Target[]
}

/** An event as rules see it and as targets get it. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
}

export class Rules {
  readonly #byName = new Map<string, Rule>()

  all(): readonly Rule[] {
    return [...this.#byName.values()]
  }

  named(name: string): Rule | undefined {
    return this.#byName.get(name)
  }

  put(rule: Rule): void {
    this.#byName.set(rule.name, rule)
  }

  remove(name: string): void {
    this.#byName.delete(name)
  }

  /** @throws {AwsError} */
  get(name: string | undefined): Rule {
    const rule = this.#byName.get(name ?? '')
    if (rule) return rule
    throw new AwsError(
      'ResourceNotFoundException',
      `Rule ${name} does not exist on EventBus ${BUS}.`,
    )
  }
}

export const ruleArn = (name: string): string => arnOf('events', `rule/${name}`)

/** There is one bus; its name, its ARN and nothing all mean it. @throws {AwsError} */
export function requireBus(nameOrArn: string | undefined): void {
  if (nameOrArn === undefined || nameOrArn === BUS) return
  if (nameOrArn === arnOf('events', `event-bus/${BUS}`)) return
  throw new AwsError(
    'ResourceNotFoundException',
    `Event bus ${nameOrArn} does not exist; local AWS has the bus ${BUS} alone.`,
  )
}
