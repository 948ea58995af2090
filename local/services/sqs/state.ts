import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'

import type { Document } from '../iam/policy/document.ts'

export interface Message {
  readonly id: string
  readonly body: string
  readonly attributes: Readonly<Record<string, object>>
  readonly sentAt: number
  /** Milliseconds since the epoch; a received message is hidden until then. */
  visibleAt: number
  receives: number
  firstReceivedAt: number | undefined
  /** Of the last receive; an older one no longer deletes. */
  receipt: string | undefined
  /** ARN of the queue that gave the message up, on a dead-letter queue. */
  deadLetterSource?: string
}

export interface Queue {
  readonly name: string
  readonly url: string
  readonly arn: string
  readonly createdAt: number
  readonly attributes: Record<string, string>
  /** What the attribute `Policy` says. */
  policy: Document
  messages: Message[]
  /** Told of each message that comes, delayed ones too. */
  readonly arrivals: Set<() => void>
}

export const DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '262144',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
}

export class Queues {
  readonly #byName = new Map<string, Queue>()

  all(): readonly Queue[] {
    return [...this.#byName.values()]
  }

  named(name: string): Queue | undefined {
    return this.#byName.get(name)
  }

  add(queue: Queue): void {
    this.#byName.set(queue.name, queue)
  }

  remove(queue: Queue): void {
    this.#byName.delete(queue.name)
  }

  /** By URL, whatever host and account it was asked through, or by ARN. @throws {AwsError} */
  get(urlOrArn: string | undefined): Queue {
    const name = urlOrArn?.split(/[/:]/).at(-1) ?? ''
    const queue = this.#byName.get(name)
    if (queue) return queue
    throw new AwsError('QueueDoesNotExist', `The queue ${urlOrArn} does not exist.`)
  }
}

export const queueArn = (name: string): string => arnOf('sqs', name)
