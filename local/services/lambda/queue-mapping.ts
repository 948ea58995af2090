import { randomUUID } from 'node:crypto'
import { REGION } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type { Consumer, Message, Sqs } from '../sqs/index.ts'
import { md5, systemAttributes } from '../sqs/messages.ts'
import type { MappingRecord } from './event-source-mapping.ts'
import type { FunctionRecord } from './functions.ts'
import { type InvocationResult, invokeOnce } from './invocation.ts'

export interface QueueMappingDefinition {
  readonly eventSourceArn: string
  readonly functionName: string
  readonly batchSize: number
  readonly reportBatchItemFailures: boolean
}

export interface QueueMapping extends MappingRecord {
  redefine(definition: QueueMappingDefinition): void
  close(): void
}

/**
 * Feeds a function from a queue: what it passed is deleted, all else comes again after the queue's visibility
 * timeout, until the queue gives it up. Messages hold back no others.
 * @throws {AwsError} where there is no such queue, or messages would come again while the function still runs.
 */
export function createQueueMapping(
  given: QueueMappingDefinition,
  record: FunctionRecord,
  sqs: Pick<Sqs, 'consume'>,
): QueueMapping {
  let definition = given
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const poll = (): void => {
    if (closed) return
    for (;;) {
      const batch = consumer.receive(definition.batchSize)
      if (batch.length === 0) break
      void process(batch)
      // A queue that hides nothing has the same messages again at once: leave others a turn.
      if (batch.some(({ visibleAt }) => visibleAt <= Date.now())) break
    }
    clearTimeout(timer)
    const next = consumer.nextVisibleAt()
    if (next !== undefined) timer = setTimeout(poll, Math.max(0, next - Date.now()))
  }

  const process = async (batch: readonly Message[]): Promise<void> => {
    // A message that is received again meanwhile has another receipt, with which alone it is deleted.
    const seen = batch.map((message) => ({ ...message }))
    const Records = seen.map((message) => recordOf(message, definition.eventSourceArn))
    const result = await invokeOnce(record, { Records }, randomUUID())
    if (closed) return
    const failed = failedMessages(seen, result, definition.reportBatchItemFailures)
    for (const message of seen) if (!failed.includes(message)) consumer.delete(message)
  }

  const consumer: Consumer = sqs.consume(definition.eventSourceArn, poll)
  const { timeoutSeconds } = record.definition
  if (consumer.visibilityTimeoutSeconds < timeoutSeconds) {
    consumer.close()
    throw new AwsError(
      'InvalidParameterValueException',
      `Queue visibility timeout: ${consumer.visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    )
  }
  poll()
  return {
    id: randomUUID(),
    functionArn: record.arn,
    eventSourceArn: definition.eventSourceArn,
    get batchSize() {
      return definition.batchSize
    },
    redefine(next) {
      definition = next
    },
    close() {
      closed = true
      clearTimeout(timer)
      consumer.close()
    },
  }
}

function failedMessages(
  batch: readonly Message[],
  result: InvocationResult,
  reports: boolean,
): readonly Message[] {
  if (result.kind === 'failed') return batch
  if (!reports) return []
  const answer = JSON.parse(result.payload) as Answer | null
  const named = (answer?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier)
  const failed = batch.filter(({ id }) => named.includes(id))
  // An identifier that is none of the batch's fails the whole batch.
  return failed.length < new Set(named).size ? batch : failed
}

interface Answer {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const recordOf = (message: Message, eventSourceARN: string): object => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, attribute]) => [name, asInLambda(attribute)]),
  ),
  md5OfBody: md5(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: REGION,
})

/** `StringValue` → `stringValue`: Lambda writes the same names otherwise than SQS. */
const asInLambda = (attribute: object): object =>
  Object.fromEntries(
    Object.entries(attribute).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value,
    ]),
  )
