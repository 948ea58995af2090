import { randomUUID } from 'node:crypto'
import type { MessageAttributeValue, PublishInput } from '@aws-sdk/client-sns'
import { REGION } from '../../account.ts'
import { on } from '../../wire/authorization.ts'
import { AwsError } from '../../wire/service.ts'
import type { Iam } from '../iam/index.ts'
import { isConfirmed, type Subscription, type Topic, type Topics } from './state.ts'

export interface Delivering {
  /** @throws {AwsError} where there is no such queue. */
  readonly sqs: (arn: string, body: string) => void
  /** @throws {AwsError} where there is no such function. */
  readonly lambda: (arn: string, payload: string) => void
  /** What policies on queues and functions are asked with; without it, nobody asks. */
  readonly iam: Iam | undefined
  /** A message that a subscription did not get, and no dead-letter queue either. */
  readonly onLost: (subscription: string, reason: string) => void
}

export interface Message {
  readonly message: string
  readonly subject?: string | undefined
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>
}

const MOST_BYTES = 262_144
const LONGEST_SUBJECT = 100

export const publishOperation = (topics: Topics, delivering: Delivering) => ({
  Publish(input: PublishInput) {
    const { Message: message = '', Subject: subject, MessageAttributes: attributes = {} } = input
    return {
      MessageId: publish(topics, delivering, input.TopicArn, { message, subject, attributes }),
    }
  },
})

/** Gives the message's id. @throws {AwsError} where there is no such topic, or for a message that none takes. */
export function publish(
  topics: Topics,
  delivering: Delivering,
  topicArn: string | undefined,
  given: Message,
): string {
  const topic = topics.get(topicArn)
  if (given.message === '') throw invalid('Empty message')
  if (Buffer.byteLength(given.message) > MOST_BYTES) throw invalid('Message too long')
  if (given.subject !== undefined && !isSubject(given.subject)) throw invalid('Subject')
  const id = randomUUID()
  for (const subscription of topics.subscriptionsOf(topic.arn).filter(isConfirmed)) {
    deliver(delivering, topic, subscription, id, given)
  }
  return id
}

const invalid = (what: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${what}`)

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const isSubject = (subject: string): boolean =>
  subject.length > 0 && subject.length <= LONGEST_SUBJECT && /^[ -~]*$/.test(subject)

/** To each by itself: what one does not get, the others do. */
function deliver(
  { sqs, lambda, iam, onLost }: Delivering,
  topic: Topic,
  subscription: Subscription,
  id: string,
  given: Message,
): void {
  const { protocol, endpoint, attributes } = subscription
  const service = { kind: 'service', name: 'sns.amazonaws.com', sourceArn: topic.arn } as const
  const toQueue = (arn: string, body: string): void => {
    iam?.require(service, ...on('sqs:SendMessage', arn))
    sqs(arn, body)
  }
  const raw = attributes.RawMessageDelivery === 'true'
  const body = raw ? given.message : JSON.stringify(notification(topic, subscription, id, given))
  try {
    if (protocol === 'sqs') toQueue(endpoint, body)
    else {
      iam?.require(service, ...on('lambda:InvokeFunction', endpoint))
      lambda(endpoint, JSON.stringify(lambdaEvent(topic, subscription, id, given)))
    }
  } catch (error) {
    const { deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy ?? '{}') as {
      deadLetterTargetArn?: string
    }
    try {
      if (!deadLetterTargetArn) throw error
      toQueue(deadLetterTargetArn, body)
    } catch (last) {
      onLost(subscription.arn, (last as Error).message)
    }
  }
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const notification = (
  topic: Topic,
  subscription: Subscription,
  id: string,
  { message, subject, attributes = {} }: Message,
) => ({
  Type: 'Notification',
  MessageId: id,
  TopicArn: topic.arn,
  ...(subject === undefined ? {} : { Subject: subject }),
  Message: message,
  Timestamp: new Date().toISOString(),
  // Local AWS signs nothing.
  SignatureVersion: '1',
  Signature: 'local',
  SigningCertURL: `https://sns.${REGION}.amazonaws.com/local.pem`,
  UnsubscribeURL: `https://sns.${REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
  ...(Object.keys(attributes).length > 0 ? { MessageAttributes: shown(attributes) } : {}),
})

const lambdaEvent = (topic: Topic, subscription: Subscription, id: string, given: Message) => {
  const { SigningCertURL, UnsubscribeURL, ...rest } = notification(topic, subscription, id, given)
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Subject: null,
          MessageAttributes: {},
          ...rest,
          // Lambda writes these two otherwise than a queue gets them.
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
        },
      },
    ],
  }
}

const shown = (attributes: Readonly<Record<string, MessageAttributeValue>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
      name,
      { Type: DataType, Value: StringValue },
    ]),
  )
