import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type { Document } from '../iam/policy/document.ts'

export interface Subscription {
  readonly arn: string
  readonly topicArn: string
  readonly protocol: Protocol
  readonly endpoint: string
  attributes: Readonly<Record<string, string>>
}

/** To addresses nothing is ever sent: on AWS a person confirms, and here nobody can. */
export const PROTOCOLS = ['sqs', 'lambda', 'email', 'email-json'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export const isConfirmed = ({ protocol }: Subscription): boolean =>
  protocol === 'sqs' || protocol === 'lambda'

export interface Topic {
  readonly name: string
  readonly arn: string
  readonly attributes: Record<string, string>
  /** Undefined where the topic has none of its own: the account's own may do everything. */
  policy: Document | undefined
}

export const topicArn = (name: string): string => arnOf('sns', name)

export class Topics {
  readonly #topics = new Map<string, Topic>()
  readonly #subscriptions = new Map<string, Subscription>()

  all(): readonly Topic[] {
    return [...this.#topics.values()]
  }

  find(arn: string | undefined): Topic | undefined {
    return this.#topics.get(arn ?? '')
  }

  /** @throws {AwsError} */
  get(arn: string | undefined): Topic {
    const topic = this.find(arn)
    if (topic) return topic
    throw new AwsError('NotFoundException', `Topic does not exist: ${arn}`, 404)
  }

  put(topic: Topic): void {
    this.#topics.set(topic.arn, topic)
  }

  /** With its subscriptions. */
  remove(arn: string): void {
    this.#topics.delete(arn)
    for (const one of this.subscriptionsOf(arn)) this.#subscriptions.delete(one.arn)
  }

  subscriptionsOf(arn: string): readonly Subscription[] {
    return [...this.#subscriptions.values()].filter((one) => one.topicArn === arn)
  }

  /** @throws {AwsError} */
  subscription(arn: string | undefined): Subscription {
    const found = this.#subscriptions.get(arn ?? '')
    if (found) return found
    throw new AwsError('NotFoundException', `Subscription does not exist: ${arn}`, 404)
  }

  subscribe(subscription: Subscription): void {
    this.#subscriptions.set(subscription.arn, subscription)
  }

  unsubscribe(arn: string): void {
    this.#subscriptions.delete(arn)
  }
}
