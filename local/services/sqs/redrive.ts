import { AwsError } from '../../wire/service.ts'
import type { Queue, Queues } from './state.ts'

interface Redrive {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

const MOST_RECEIVES = 1000

/** @throws {AwsError} */
export function parseRedrive(text: string): Redrive {
  const { deadLetterTargetArn, maxReceiveCount } = fromJson(text)
  const count = Number(maxReceiveCount)
  if (typeof deadLetterTargetArn !== 'string') {
    throw refused(text, 'deadLetterTargetArn must be the ARN of a queue')
  }
  if (!Number.isInteger(count) || count < 1 || count > MOST_RECEIVES) {
    throw refused(text, `maxReceiveCount must be a whole number from 1 to ${MOST_RECEIVES}`)
  }
  return { deadLetterTargetArn, maxReceiveCount: count }
}

/** Moves what is visible again and was received as often as it may be to the dead-letter queue. */
export function giveUp(queues: Queues, queue: Queue, now: number): void {
  const policy = queue.attributes.RedrivePolicy
  if (!policy) return
  const { deadLetterTargetArn, maxReceiveCount } = parseRedrive(policy)
  const target = queues.named(deadLetterTargetArn.split(':').at(-1) ?? '')
  // Deleted since: what cannot be moved stays.
  if (!target) return
  const spent = queue.messages.filter(
    (message) => message.visibleAt <= now && message.receives >= maxReceiveCount,
  )
  queue.messages = queue.messages.filter((message) => !spent.includes(message))
  // With the time it was first sent: a dead-letter queue's retention counts from there.
  for (const message of spent) {
    target.messages.push({
      ...message,
      receives: 0,
      firstReceivedAt: undefined,
      receipt: undefined,
      deadLetterSource: queue.arn,
    })
    for (const tell of target.arrivals) tell()
  }
}

function fromJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    throw refused(text, (error as Error).message)
  }
}

const refused = (text: string, why: string): AwsError =>
  new AwsError('InvalidParameterValue', `Value ${text} for parameter RedrivePolicy: ${why}`)
