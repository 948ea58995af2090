import * as schemas from '@aws-sdk/client-sqs'
import type { Service } from '../../wire/service.ts'
import type { Iam } from '../iam/index.ts'
import { authorization } from './authorization.ts'
import { type Consumer, consume } from './consumer.ts'
import { messageOperations, put } from './messages.ts'
import { queueOperations } from './queues.ts'
import { Queues } from './state.ts'

/** Standard queues, as far as dead-letter queues and people who look into them need. */
export interface Sqs extends Service {
  readonly queues: Queues
  /** Puts a message on the queue of this ARN. @throws {AwsError} where there is none. */
  deliver(arn: string, body: string, attributes?: Readonly<Record<string, string>>): void
  /** Lets a service poll the queue of this ARN. @throws {AwsError} where there is none. */
  consume(arn: string, onArrival: () => void): Consumer
}

export type { Consumer } from './consumer.ts'
export type { Message } from './state.ts'

/** @param iam without it, nobody asks what a queue's policy says. */
export function createSqs(iam?: Iam): Sqs {
  const queues = new Queues()
  iam?.providePolicies('sqs', (arn) => queues.get(arn).policy)
  return {
    name: 'sqs',
    schemas,
    authorization,
    operations: { ...queueOperations(queues), ...messageOperations(queues) },
    supports: {
      CreateQueue: ['QueueName', 'Attributes', 'tags'],
      GetQueueUrl: ['QueueName'],
      ListQueues: ['QueueNamePrefix', 'MaxResults'],
      SendMessage: ['QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageAttributes'],
    },
    queues,
    consume: (arn, onArrival) => consume(queues, arn, onArrival),
    deliver(arn, body, attributes = {}) {
      const typed = Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: value },
      ])
      put(queues.get(arn), body, Object.fromEntries(typed))
    },
  }
}
