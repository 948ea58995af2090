import { createHash, randomUUID } from 'node:crypto'
import type {
  DeleteMessageRequest,
  PurgeQueueRequest,
  ReceiveMessageRequest,
  SendMessageRequest,
} from '@aws-sdk/client-sqs'
import { AwsError } from '../../wire/service.ts'
import { giveUp } from './redrive.ts'
import type { Message, Queue, Queues } from './state.ts'

const POLL_MS = 100

export const messageOperations = (queues: Queues) => ({
  SendMessage(input: SendMessageRequest) {
    const queue = queues.get(input.QueueUrl)
    const body = input.MessageBody
    if (!body) throw new AwsError('MissingParameter', 'MessageBody must not be empty')
    const most = Number(queue.attributes.MaximumMessageSize)
    if (Buffer.byteLength(body) > most) {
      throw new AwsError(
        'InvalidParameterValue',
        `MessageBody has ${Buffer.byteLength(body)} bytes; ${queue.name} takes at most ${most}`,
      )
    }
    const message = put(queue, body, input.MessageAttributes ?? {}, input.DelaySeconds)
    // Clients compare it with their own and refuse the answer if it differs; no digest, no comparison.
    return { MessageId: message.id, MD5OfMessageBody: md5(body) }
  },

  async ReceiveMessage(input: ReceiveMessageRequest) {
    const queue = queues.get(input.QueueUrl)
    const waitSeconds =
      input.WaitTimeSeconds ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds)
    const until = Date.now() + waitSeconds * 1000
    let taken = take(queues, queue, input)
    while (taken.length === 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      taken = take(queues, queue, input)
    }
    return taken.length === 0 ? {} : { Messages: taken.map((message) => received(message, input)) }
  },

  DeleteMessage({ QueueUrl: url, ReceiptHandle: receipt }: DeleteMessageRequest) {
    remove(queues.get(url), receipt)
    return {}
  },

  PurgeQueue({ QueueUrl: url }: PurgeQueueRequest) {
    queues.get(url).messages = []
    return {}
  },
})

/** Puts a message on the queue; also what other services deliver with. */
export function put(
  queue: Queue,
  body: string,
  attributes: Readonly<Record<string, object>> = {},
  delaySeconds = Number(queue.attributes.DelaySeconds),
): Message {
  const message: Message = {
    id: randomUUID(),
    body,
    attributes,
    sentAt: Date.now(),
    visibleAt: Date.now() + delaySeconds * 1000,
    receives: 0,
    firstReceivedAt: undefined,
    receipt: undefined,
  }
  queue.messages.push(message)
  for (const tell of queue.arrivals) tell()
  return message
}

export function remove(queue: Queue, receipt: string | undefined): void {
  queue.messages = queue.messages.filter((message) => message.receipt !== receipt)
}

/** Hides what it takes for the visibility timeout; gives up what was received too often. */
export function take(
  queues: Queues,
  queue: Queue,
  input: Pick<ReceiveMessageRequest, 'VisibilityTimeout' | 'MaxNumberOfMessages'>,
): Message[] {
  const now = Date.now()
  const keep = Number(queue.attributes.MessageRetentionPeriod) * 1000
  const hide = input.VisibilityTimeout ?? Number(queue.attributes.VisibilityTimeout)
  queue.messages = queue.messages.filter((message) => message.sentAt + keep > now)
  giveUp(queues, queue, now)
  const visible = queue.messages.filter((message) => message.visibleAt <= now)
  const taken = visible.slice(0, input.MaxNumberOfMessages ?? 1)
  for (const message of taken) {
    message.visibleAt = now + hide * 1000
    message.receives += 1
    message.firstReceivedAt ??= now
    message.receipt = randomUUID()
  }
  return taken
}

function received(message: Message, input: ReceiveMessageRequest): object {
  const system = systemAttributes(message)
  const asked = new Set<string>([
    ...(input.MessageSystemAttributeNames ?? []),
    ...(input.AttributeNames ?? []),
  ])
  const own = new Set(input.MessageAttributeNames ?? [])
  const pick = <T>(from: Readonly<Record<string, T>>, wanted: ReadonlySet<string>) =>
    Object.fromEntries(
      Object.entries(from).filter(([name]) => wanted.has('All') || wanted.has(name)),
    )
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: pick(system, asked),
    MessageAttributes: pick(message.attributes, own),
  }
}

export function systemAttributes(message: Message): Readonly<Record<string, string>> {
  const { sentAt, receives, firstReceivedAt, deadLetterSource } = message
  return {
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(deadLetterSource ? { DeadLetterQueueSourceArn: deadLetterSource } : {}),
  }
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
