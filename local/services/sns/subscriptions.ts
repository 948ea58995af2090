import { randomUUID } from 'node:crypto'
import type {
  GetSubscriptionAttributesInput,
  ListSubscriptionsByTopicInput,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  UnsubscribeInput,
} from '@aws-sdk/client-sns'
import { ACCOUNT } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { isConfirmed, PROTOCOLS, type Protocol, type Subscription, type Topics } from './state.ts'

const SETTABLE = ['RawMessageDelivery', 'RedrivePolicy']
const PENDING = 'PendingConfirmation'

export const subscriptionOperations = (topics: Topics) => ({
  Subscribe(input: SubscribeInput) {
    const topic = topics.get(input.TopicArn)
    const { Endpoint: endpoint = '', Attributes: attributes = {} } = input
    const protocol = protocolOf(input.Protocol)
    for (const name of Object.keys(attributes)) requireSettable(name)
    if (protocol !== 'email' && protocol !== 'email-json' && endpoint.split(':')[2] !== protocol) {
      throw new AwsError('InvalidParameter', `Invalid parameter: ${endpoint} is no ${protocol} ARN`)
    }
    // The same endpoint again is the same subscription.
    const known = topics
      .subscriptionsOf(topic.arn)
      .find((one) => one.protocol === protocol && one.endpoint === endpoint)
    const subscription = known ?? {
      arn: `${topic.arn}:${randomUUID()}`,
      topicArn: topic.arn,
      protocol,
      endpoint,
      attributes,
    }
    topics.subscribe(subscription)
    const told = isConfirmed(subscription) || input.ReturnSubscriptionArn
    return { SubscriptionArn: told ? subscription.arn : 'pending confirmation' }
  },

  Unsubscribe({ SubscriptionArn: arn = '' }: UnsubscribeInput) {
    topics.unsubscribe(arn)
    return {}
  },

  ListSubscriptionsByTopic({ TopicArn: arn }: ListSubscriptionsByTopicInput) {
    return { Subscriptions: topics.subscriptionsOf(topics.get(arn).arn).map(shown) }
  },

  GetSubscriptionAttributes({ SubscriptionArn: arn }: GetSubscriptionAttributesInput) {
    const one = topics.subscription(arn)
    return {
      Attributes: {
        RawMessageDelivery: 'false',
        ...one.attributes,
        SubscriptionArn: one.arn,
        TopicArn: one.topicArn,
        Owner: ACCOUNT,
        Protocol: one.protocol,
        Endpoint: one.endpoint,
        PendingConfirmation: String(!isConfirmed(one)),
        ConfirmationWasAuthenticated: String(isConfirmed(one)),
      },
    }
  },

  SetSubscriptionAttributes(input: SetSubscriptionAttributesInput) {
    const { AttributeName: name = '', AttributeValue: value = '' } = input
    const one = topics.subscription(input.SubscriptionArn)
    requireSettable(name)
    one.attributes = { ...one.attributes, [name]: value }
    return {}
  },
})

const shown = (one: Subscription) => ({
  SubscriptionArn: isConfirmed(one) ? one.arn : PENDING,
  Owner: ACCOUNT,
  Protocol: one.protocol,
  Endpoint: one.endpoint,
  TopicArn: one.topicArn,
})

function protocolOf(given: string | undefined): Protocol {
  const known = PROTOCOLS.find((one) => one === given)
  if (known) return known
  throw new AwsError(
    'InvalidParameter',
    `Invalid parameter: local AWS does not have the protocol ${given}; it has ${PROTOCOLS.join(', ')}`,
  )
}

function requireSettable(name: string): void {
  if (SETTABLE.includes(name)) return
  throw new AwsError(
    'InvalidParameter',
    `Invalid parameter: local AWS does not have the subscription attribute ${name}; it has ${SETTABLE.join(', ')}`,
  )
}
