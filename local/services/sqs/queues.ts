import type {
  CreateQueueRequest,
  GetQueueAttributesRequest,
  GetQueueUrlRequest,
  ListQueuesRequest,
  SetQueueAttributesRequest,
} from '@aws-sdk/client-sqs'
import { ACCOUNT, REGION } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { type Document, parseDocument } from '../iam/policy/document.ts'
import { parseRedrive } from './redrive.ts'
import { DEFAULTS, type Queue, type Queues, queueArn } from './state.ts'

/** Kept and told; they govern encryption, which one machine does not have. */
const RECORDED = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled']
const SETTABLE = new Set([...Object.keys(DEFAULTS), 'RedrivePolicy', 'Policy', ...RECORDED])

export const queueOperations = (queues: Queues) => ({
  CreateQueue({ QueueName: name, Attributes: given }: CreateQueueRequest) {
    if (!name || !/^[\w-]{1,80}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterValue',
        `QueueName ${name} must be 1 to 80 letters, digits, hyphens or underscores; local AWS has no FIFO queues`,
      )
    }
    const attributes = settable(queues, given)
    const known = queues.named(name)
    if (known) {
      const other = Object.entries(attributes).find(
        ([key, value]) => known.attributes[key] !== value,
      )
      if (!other) return { QueueUrl: known.url }
      throw new AwsError(
        'QueueNameExists',
        `A queue named ${name} exists with ${other[0]} ${known.attributes[other[0]]}, not ${other[1]}`,
      )
    }
    const queue: Queue = {
      name,
      url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
      arn: queueArn(name),
      createdAt: Date.now(),
      attributes: { ...DEFAULTS, ...attributes },
      policy: policyOf(queueArn(name), attributes),
      messages: [],
      arrivals: new Set(),
    }
    queues.add(queue)
    return { QueueUrl: queue.url }
  },

  DeleteQueue({ QueueUrl: url }: { QueueUrl?: string }) {
    queues.remove(queues.get(url))
    return {}
  },

  GetQueueUrl({ QueueName: name }: GetQueueUrlRequest) {
    return { QueueUrl: queues.get(name).url }
  },

  ListQueues({ QueueNamePrefix: prefix = '' }: ListQueuesRequest) {
    const named = queues.all().filter((queue) => queue.name.startsWith(prefix))
    return { QueueUrls: named.map((queue) => queue.url) }
  },

  SetQueueAttributes({ QueueUrl: url, Attributes: given }: SetQueueAttributesRequest) {
    const queue = queues.get(url)
    const attributes = { ...queue.attributes, ...settable(queues, given) }
    const policy = policyOf(queue.arn, attributes)
    Object.assign(queue.attributes, attributes)
    queue.policy = policy
    return {}
  },

  GetQueueAttributes({ QueueUrl: url, AttributeNames: names = [] }: GetQueueAttributesRequest) {
    const all = attributesOf(queues.get(url))
    const wanted = new Set<string>(names)
    return {
      Attributes: wanted.has('All')
        ? all
        : Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name))),
    }
  },
})

/** An empty policy takes the queue's away. @throws {PolicyError} */
const policyOf = (arn: string, { Policy: policy }: Readonly<Record<string, string>>): Document =>
  policy ? parseDocument(policy, arn) : []

function settable(
  queues: Queues,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const foreign = Object.keys(given).find((name) => !SETTABLE.has(name))
  if (given.RedrivePolicy) queues.get(parseRedrive(given.RedrivePolicy).deadLetterTargetArn)
  if (!foreign) return { ...given }
  throw new AwsError(
    'InvalidAttributeName',
    `local AWS does not have the queue attribute ${foreign}; it has ${[...SETTABLE].join(', ')}`,
  )
}

function attributesOf(queue: Queue): Record<string, string> {
  const now = Date.now()
  const hidden = queue.messages.filter((message) => message.visibleAt > now)
  const delayed = hidden.filter((message) => message.receives === 0)
  const second = String(Math.floor(queue.createdAt / 1000))
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(queue.messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    CreatedTimestamp: second,
    LastModifiedTimestamp: second,
  }
}
