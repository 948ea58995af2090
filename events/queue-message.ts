import { ignored, type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const batchSchema = z.looseObject({ Records: z.array(z.unknown()) })

const messageSchema = z.looseObject({
  messageId: z.optional(z.string()),
  body: z.string(),
  attributes: z.optional(z.looseObject({ ApproximateReceiveCount: z.optional(z.string()) })),
})

export interface QueuedEvent {
  readonly event: unknown
  /** What Lambda wants to be told of a message that has to come again; empty where it has none. */
  readonly messageId: string
  /** How often the queue has handed it out, this time included. */
  readonly receives: number
}

/** The messages of a batch, unread: each is parsed for itself, so that a broken one hides no other. */
export function parseMessages(event: unknown): Parsed<readonly unknown[]> {
  const batch = read(batchSchema, event, 'batch of messages')
  return batch.kind === 'ignored' ? batch : parsed(batch.value.Records)
}

/** The event that somebody put into a message's body. */
export function parseQueuedEvent(message: unknown): Parsed<QueuedEvent> {
  const queued = read(messageSchema, message, 'message of a queue')
  if (queued.kind === 'ignored') return queued
  const { body, messageId = '', attributes } = queued.value
  try {
    const receives = Number(attributes?.ApproximateReceiveCount) || 1
    return parsed({ event: JSON.parse(body), messageId, receives })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return ignored(`body of message ${messageId || 'without an id'} is no JSON: ${why}`)
  }
}
