import { randomUUID } from 'node:crypto'
import { on } from '../../wire/authorization.ts'
import type { StreamRecord } from '../dynamodb/index.ts'
import { matches, type Pattern } from '../eventbridge/pattern.ts'
import type { Deliver } from './async-invocation.ts'
import type { FunctionRecord } from './functions.ts'
import { type InvocationResult, invokeOnce } from './invocation.ts'

export interface MappingDefinition {
  readonly eventSourceArn: string
  readonly functionName: string
  readonly batchSize: number
  readonly maximumBatchingWindowSeconds: number
  readonly filters: readonly Pattern[]
  readonly reportBatchItemFailures: boolean
  readonly bisectBatchOnFunctionError: boolean
  /** -1: until the records are too old. */
  readonly maximumRetryAttempts: number
  /** -1: as long as the stream keeps them, a day. */
  readonly maximumRecordAgeSeconds: number
  /** ARN of a queue. */
  readonly onFailure?: string
}

export interface MappingRecord {
  readonly id: string
  readonly functionArn: string
  readonly eventSourceArn: string
  readonly batchSize: number
}

export interface MappingOptions {
  readonly deliver: Deliver
  readonly onLost: (fn: string, reason: string) => void
  /** Before the first retry of a batch; doubled for each further one, up to a minute. */
  readonly retryDelayMs?: number
}

const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 60_000
const STREAM_KEEPS_SECONDS = 24 * 60 * 60

/**
 * Feeds a function from a table's stream. A stream keeps its order: a batch that fails holds back all that
 * follow until it passes, is split down to the record that fails, or is given up.
 */
export interface Mapping extends MappingRecord {
  offer(record: StreamRecord): void
  /** What waits stays, and goes on under the new settings. */
  redefine(definition: MappingDefinition): void
  close(): void
}

export function createMapping(
  given: MappingDefinition,
  record: FunctionRecord,
  options: MappingOptions,
): Mapping {
  let definition = given
  const waiting: StreamRecord[] = []
  let running = false
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let wake: (() => void) | undefined

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
      timer = setTimeout(resolve, ms)
    })

  const drain = async (): Promise<void> => {
    if (definition.maximumBatchingWindowSeconds > 0) {
      await pause(definition.maximumBatchingWindowSeconds * 1000)
    }
    while (waiting.length > 0 && !closed) {
      try {
        await process(waiting.splice(0, definition.batchSize), 0)
      } catch (error) {
        // The queue of what was given up is not there.
        options.onLost(record.definition.name, String(error))
      }
    }
    // In the same turn as the look that found nothing waiting: what comes next starts another drain.
    running = false
  }

  /** Ends when every record of the batch passed or was given up. */
  const process = async (batch: readonly StreamRecord[], attempt: number): Promise<void> => {
    const result = await polled(record, definition.eventSourceArn, { Records: batch })
    if (closed) return
    const left = failedRecords(batch, result, definition.reportBatchItemFailures)
    if (left.length === 0) return
    // Progress was made: what is left is another batch, with retries of its own.
    const tried = left.length < batch.length ? 0 : attempt
    if (isOver(left, tried)) return giveUp(left, result, tried + 1)
    await pause(
      Math.min(
        LONGEST_RETRY_MS,
        (options.retryDelayMs ?? FIRST_RETRY_MS) * 2 ** Math.min(tried, 16),
      ),
    )
    if (closed) return
    if (!definition.bisectBatchOnFunctionError || left.length === 1) return process(left, tried + 1)
    const middle = Math.ceil(left.length / 2)
    await process(left.slice(0, middle), tried + 1)
    if (!closed) await process(left.slice(middle), tried + 1)
  }

  const isOver = (batch: readonly StreamRecord[], retriesDone: number): boolean => {
    const { maximumRetryAttempts: most, maximumRecordAgeSeconds } = definition
    const age = maximumRecordAgeSeconds < 0 ? STREAM_KEEPS_SECONDS : maximumRecordAgeSeconds
    const oldest = batch[0]?.dynamodb.ApproximateCreationDateTime ?? 0
    return (most >= 0 && retriesDone >= most) || Date.now() / 1000 - oldest > age
  }

  const giveUp = (
    batch: readonly StreamRecord[],
    result: InvocationResult,
    invocations: number,
  ): void => {
    if (definition.onFailure) {
      options.deliver(
        record,
        definition.onFailure,
        discarded(definition, record, batch, invocations),
      )
    } else {
      const sequences = batch.map((one) => one.dynamodb.SequenceNumber).join(', ')
      options.onLost(record.definition.name, `stream records ${sequences}: ${result.payload}`)
    }
  }

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
    offer(one) {
      const passes =
        definition.filters.length === 0 || definition.filters.some((f) => matches(f, one))
      if (!passes || closed) return
      waiting.push(one)
      if (running) return
      running = true
      void drain()
    },
    close() {
      closed = true
      clearTimeout(timer)
      wake?.()
    },
  }
}

/** Lambda reads the stream as the function's role; without its permission the batch waits as if it had failed. */
async function polled(
  record: FunctionRecord,
  streamArn: string,
  payload: object,
): Promise<InvocationResult> {
  try {
    record.role.require(...on('dynamodb:GetRecords', streamArn))
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error
    const told = { errorType, errorMessage }
    return { kind: 'failed', payload: JSON.stringify(told), error: told }
  }
  return invokeOnce(record, payload, randomUUID())
}

/** With ReportBatchItemFailures, everything from the lowest reported record on is tried again. */
function failedRecords(
  batch: readonly StreamRecord[],
  result: InvocationResult,
  reports: boolean,
): readonly StreamRecord[] {
  if (result.kind === 'failed') return batch
  if (!reports) return []
  const answer = JSON.parse(result.payload) as Answer | null
  const failures = answer?.batchItemFailures ?? []
  if (failures.length === 0) return []
  const named = new Set(failures.map((failure) => failure.itemIdentifier))
  const first = batch.findIndex((one) => named.has(one.dynamodb.SequenceNumber))
  // An identifier that is none of the batch's fails the whole batch.
  return batch.slice(Math.max(first, 0))
}

interface Answer {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const discarded = (
  definition: MappingDefinition,
  record: FunctionRecord,
  batch: readonly StreamRecord[],
  invocations: number,
): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: record.arn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: invocations,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    },
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000000000000000000-00000000',
      startSequenceNumber: batch[0]?.dynamodb.SequenceNumber,
      endSequenceNumber: batch.at(-1)?.dynamodb.SequenceNumber,
      batchSize: batch.length,
      streamArn: definition.eventSourceArn,
    },
  })
