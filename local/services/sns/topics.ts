import type {
  CreateTopicInput,
  DeleteTopicInput,
  GetTopicAttributesInput,
  SetTopicAttributesInput,
} from '@aws-sdk/client-sns'
import { ACCOUNT } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { type Document, parseDocument } from '../iam/policy/document.ts'
import { isConfirmed, type Topics, topicArn } from './state.ts'

/** Kept and told; encryption is nothing that one machine has. */
const SETTABLE = ['DisplayName', 'KmsMasterKeyId', 'Policy', 'SignatureVersion', 'TracingConfig']

export const topicOperations = (topics: Topics) => ({
  CreateTopic({ Name: name = '', Attributes: attributes = {} }: CreateTopicInput) {
    if (!/^[\w-]{1,256}$/.test(name)) {
      throw new AwsError(
        'InvalidParameter',
        `Invalid parameter: Topic Name ${name}: 1 to 256 letters, digits, hyphens or underscores; local AWS has no FIFO topics`,
      )
    }
    for (const attribute of Object.keys(attributes)) requireSettable(attribute)
    const arn = topicArn(name)
    const known = topics.find(arn)
    if (!known) {
      topics.put({
        name,
        arn,
        attributes: { ...attributes },
        policy: policyOf(arn, attributes.Policy),
      })
    }
    return { TopicArn: arn }
  },

  /** Deleting what is gone succeeds, as on AWS. */
  DeleteTopic({ TopicArn: arn = '' }: DeleteTopicInput) {
    topics.remove(arn)
    return {}
  },

  ListTopics() {
    return { Topics: topics.all().map(({ arn }) => ({ TopicArn: arn })) }
  },

  GetTopicAttributes({ TopicArn: arn }: GetTopicAttributesInput) {
    const topic = topics.get(arn)
    const subscriptions = topics.subscriptionsOf(topic.arn)
    const confirmed = subscriptions.filter(isConfirmed).length
    return {
      Attributes: {
        DisplayName: '',
        ...topic.attributes,
        TopicArn: topic.arn,
        Owner: ACCOUNT,
        SubscriptionsConfirmed: String(confirmed),
        SubscriptionsPending: String(subscriptions.length - confirmed),
        SubscriptionsDeleted: '0',
      },
    }
  },

  /** Without a value the attribute is as if it had never been set. */
  SetTopicAttributes(input: SetTopicAttributesInput) {
    const { TopicArn: arn, AttributeName: name = '', AttributeValue: value = '' } = input
    const topic = topics.get(arn)
    requireSettable(name)
    if (name === 'Policy') topic.policy = policyOf(topic.arn, value)
    if (value === '') delete topic.attributes[name]
    else topic.attributes[name] = value
    return {}
  },
})

/** @throws {PolicyError} */
const policyOf = (arn: string, text: string | undefined): Document | undefined =>
  text ? parseDocument(text, arn) : undefined

function requireSettable(name: string): void {
  if (SETTABLE.includes(name)) return
  throw new AwsError(
    'InvalidParameter',
    `Invalid parameter: local AWS does not have the topic attribute ${name}; it has ${SETTABLE.join(', ')}`,
  )
}
