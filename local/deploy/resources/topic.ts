import type { Properties } from '../properties.ts'
import type { DeployServices, Made, ResourceType } from './resource-type.ts'

const ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig']

/** AWS::SNS::Topic */
export const topic: ResourceType = {
  async create({ properties, services, defaultName }) {
    const name = properties.optional<string>('TopicName') ?? defaultName
    const Attributes = attributesOf(properties)
    const { TopicArn } = await services.call<{ TopicArn: string }>('sns', 'CreateTopic', {
      Name: name,
      Attributes,
    })
    return {
      ref: TopicArn,
      attributes: { TopicArn, TopicName: name },
    }
  },
  async update({ properties, services, before, changed }) {
    properties.withoutEffect('TopicName')
    const attributes = attributesOf(properties)
    for (const name of ATTRIBUTES.filter((one) => changed.has(one))) {
      await setAttribute(services, before.made.ref, name, attributes[name] ?? '')
    }
    return before.made
  },
  replacedBy: ['TopicName'],
  async delete({ services, standing }) {
    await services.call('sns', 'DeleteTopic', { TopicArn: standing.made.ref })
  },
}

function attributesOf(properties: Properties): Readonly<Record<string, string>> {
  const given = ATTRIBUTES.map((name) => [name, properties.optional(name)] as const)
  properties.withoutEffect('Tags')
  properties.end()
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  )
}

const setAttribute = (
  { call }: DeployServices,
  TopicArn: string,
  AttributeName: string,
  AttributeValue: string,
) => call('sns', 'SetTopicAttributes', { TopicArn, AttributeName, AttributeValue })

/** AWS::SNS::TopicPolicy: one document, the policy of each of its topics. */
export const topicPolicy: ResourceType = {
  async create({ properties, services, defaultName }): Promise<Made> {
    const policy = JSON.stringify(properties.required('PolicyDocument'))
    const topics = properties.required<readonly string[]>('Topics')
    properties.end()
    for (const arn of topics) await setAttribute(services, arn, 'Policy', policy)
    return { ref: defaultName, attributes: { Id: defaultName } }
  },
  async update(update) {
    const made = await topicPolicy.create(update)
    const kept = update.properties.required<readonly string[]>('Topics')
    for (const arn of update.before.properties.Topics as readonly string[]) {
      if (!kept.includes(arn)) await setAttribute(update.services, arn, 'Policy', '')
    }
    return made
  },
  async delete({ services, standing }) {
    for (const arn of standing.properties.Topics as readonly string[]) {
      await setAttribute(services, arn, 'Policy', '')
    }
  },
}

/** AWS::SNS::Subscription */
export const subscription: ResourceType = {
  async create({ properties, services }) {
    const redrive = properties.optional<object>('RedrivePolicy')
    const raw = properties.optional<boolean>('RawMessageDelivery')
    const input = {
      TopicArn: properties.required('TopicArn'),
      Protocol: properties.required('Protocol'),
      Endpoint: properties.required('Endpoint'),
      ReturnSubscriptionArn: true,
      Attributes: {
        ...(redrive ? { RedrivePolicy: JSON.stringify(redrive) } : {}),
        ...(raw === undefined ? {} : { RawMessageDelivery: String(raw) }),
      },
    }
    properties.withoutEffect('Region')
    properties.end()
    const { SubscriptionArn } = await services.call<{ SubscriptionArn: string }>(
      'sns',
      'Subscribe',
      input,
    )
    return { ref: SubscriptionArn, attributes: { Arn: SubscriptionArn } }
  },
  async delete({ services, standing }) {
    await services.call('sns', 'Unsubscribe', { SubscriptionArn: standing.made.ref })
  },
}
