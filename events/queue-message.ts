import { ignored, type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const batchSchema = z.looseObject({ Records: z.array(z.unknown()) })

const messageSchema = z.looseObject({
  messageId: z.optional(z.string()),
  body: z.string(),
})

/** The messages of a batch, unread: each is parsed for itself, so that a broken one hides no other. */
export function parseMessages(event: unknown): Parsed<readonly unknown[]> {
  const batch = read(batchSchema, event, 'batch of messages')
  return batch.kind === 'ignored' ? batch : parsed(batch.value.Records)
}

/** The event that EventBridge put into a message's body. */
export function parseQueuedEvent(message: unknown): Parsed<unknown> {
  const queued = read(messageSchema, message, 'message of a queue')
  if (queued.kind === 'ignored') return queued
  const { body, messageId = 'without an id' } = queued.value
  try {
    return parsed(JSON.parse(body))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return ignored(`body of message ${messageId} is no JSON: ${why}`)
  }
}
