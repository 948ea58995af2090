import { DEFAULTS, queueArn } from '../../services/sqs/state.ts'
import type { Creation, Made, ResourceType } from './resource-type.ts'

const ATTRIBUTES = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]

/** AWS::SQS::Queue */
export const queue: ResourceType = {
  async create(creation) {
    const { services } = creation
    const { name, attributes } = read(creation)
    const input = { QueueName: name, Attributes: attributes }
    const { QueueUrl } = await services.call<{ QueueUrl: string }>('sqs', 'CreateQueue', input)
    return made(name, QueueUrl)
  },
  async update(update) {
    const { services, before, changed } = update
    const { name, attributes } = read(update)
    const QueueUrl = before.made.ref
    const gone = [...changed].filter((one) => attributes[one] === undefined && one !== 'Tags')
    const former = Object.fromEntries(gone.map((one) => [one, DEFAULTS[one] ?? '']))
    const Attributes = { ...attributes, ...former }
    await services.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes })
    return made(name, QueueUrl)
  },
  replacedBy: ['QueueName'],
  async delete({ services, standing }) {
    await services.call('sqs', 'DeleteQueue', { QueueUrl: standing.made.ref })
  },
}

function read({ properties, defaultName }: Creation) {
  const name = properties.optional<string>('QueueName') ?? defaultName
  const given = ATTRIBUTES.map((one) => [one, properties.optional(one)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([one, value]) => [one, typeof value === 'object' ? JSON.stringify(value) : String(value)])
  properties.withoutEffect('Tags')
  properties.end()
  return { name, attributes: Object.fromEntries(given) as Record<string, string> }
}

function made(name: string, url: string): Made {
  const arn = queueArn(name)
  return {
    ref: url,
    attributes: { Arn: arn, QueueName: name, QueueUrl: url },
    told: { queues: { name, arn } },
  }
}
