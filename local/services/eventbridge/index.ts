import { randomUUID } from 'node:crypto'
import * as schemas from '@aws-sdk/client-eventbridge'
import { ACCOUNT, REGION } from '../../account.ts'
import type { Service } from '../../wire/service.ts'
import type { Iam } from '../iam/index.ts'
import { authorization } from './authorization.ts'
import { type DeliveryFailure, deliver, type Targets } from './delivery.ts'
import { matches } from './pattern.ts'
import { putEvents } from './put-events.ts'
import { ruleOperations } from './rules.ts'
import { type BusEvent, Rules } from './state.ts'

export type { DeliveryFailure, Targets } from './delivery.ts'
export type { BusEvent } from './state.ts'

export interface NewEvent {
  readonly source: string
  readonly detailType: string
  readonly detail: object
  readonly resources?: readonly string[]
  readonly time?: Date
  /** Given where the same event is published twice on purpose. */
  readonly id?: string
}

/** What services of local AWS emit into; unlike PutEvents it takes sources of AWS. */
export type Publish = (event: NewEvent) => BusEvent

export interface EventBridge extends Service {
  readonly publish: Publish
  /** Every event on the bus, matched by a rule or not. Gives the way to stop. */
  onEvent(listener: (event: BusEvent, matchedRules: readonly string[]) => void): () => void
  readonly rules: Rules
}

export interface EventBridgeOptions {
  readonly targets: Targets
  /** Without it everything may be delivered. */
  readonly iam?: Iam
  readonly onDeliveryFailure: (failure: DeliveryFailure) => void
}

export function createEventBridge({
  targets,
  iam,
  onDeliveryFailure,
}: EventBridgeOptions): EventBridge {
  const rules = new Rules()
  const listeners = new Set<(event: BusEvent, matchedRules: readonly string[]) => void>()

  const publish: Publish = (given) => {
    const event = envelope(given)
    const matched = rules
      .all()
      .filter((rule) => rule.state !== 'DISABLED' && matches(rule.pattern, event))
    for (const listener of listeners)
      listener(
        event,
        matched.map((rule) => rule.name),
      )
    for (const rule of matched) {
      for (const target of rule.targets) {
        void deliver({ targets, iam }, rule, target, event).then((failure) => {
          if (failure) onDeliveryFailure(failure)
        })
      }
    }
    return event
  }

  return {
    name: 'eventbridge',
    schemas,
    authorization,
    operations: { ...ruleOperations(rules), ...putEvents(publish) },
    supports: {
      PutRule: ['Name', 'EventPattern', 'State', 'Description', 'EventBusName', 'RoleArn', 'Tags'],
      ListRules: ['NamePrefix', 'EventBusName', 'Limit'],
      ListRuleNamesByTarget: ['TargetArn', 'EventBusName'],
      ListTargetsByRule: ['Rule', 'EventBusName', 'Limit'],
    },
    publish,
    rules,
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Through JSON, so that no target can change what another one gets, and undefined members vanish as on the wire. */
const envelope = (given: NewEvent): BusEvent =>
  JSON.parse(
    JSON.stringify({
      version: '0',
      id: given.id ?? randomUUID(),
      'detail-type': given.detailType,
      source: given.source,
      account: ACCOUNT,
      // EventBridge tells time to the second.
      time: (given.time ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: REGION,
      resources: given.resources ?? [],
      detail: given.detail,
    }),
  )
