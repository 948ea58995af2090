import { randomUUID } from 'node:crypto'
import type { FunctionRecord } from './functions.ts'
import { type InvocationResult, invokeOnce } from './invocation.ts'

/** What AWS waits before the first and the second retry of a function error. */
const RETRY_DELAYS_MS = [60_000, 120_000]

const DEFAULT_RETRIES = 2
const DEFAULT_AGE_SECONDS = 6 * 60 * 60

/** Puts a message on a queue, as the function's role. @throws {AwsError} */
export type Deliver = (
  record: FunctionRecord,
  queueArn: string,
  body: string,
  attributes?: Readonly<Record<string, string>>,
) => void

export interface AsyncInvocationOptions {
  /** Delays before each retry in milliseconds; the last one stands for all that follow. */
  readonly retryDelaysMs?: readonly number[]
  readonly deliver: Deliver
  /** An invocation that failed for good and went nowhere, or could not be delivered. */
  readonly onLost: (fn: string, reason: string) => void
}

export interface AsyncInvocations {
  /** Accepts an event for a function; gives the request's id. */
  accept(record: FunctionRecord, payload: string): string
  /** Events accepted and not yet done with, those that wait for a retry among them. */
  pending(): number
  close(): void
}

/** Lambda's queue in front of functions that nobody waits for. */
export function createAsyncInvocations(options: AsyncInvocationOptions): AsyncInvocations {
  const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let pending = 0
  let closed = false

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })

  const run = async (record: FunctionRecord, payload: string, requestId: string): Promise<void> => {
    const acceptedAt = Date.now()
    const retries = record.eventInvoke.maximumRetryAttempts ?? DEFAULT_RETRIES
    const age = (record.eventInvoke.maximumEventAgeSeconds ?? DEFAULT_AGE_SECONDS) * 1000
    for (let attempt = 0; ; attempt += 1) {
      const result = await invokeOnce(record, JSON.parse(payload), requestId)
      if (result.kind === 'returned' || closed) return
      const delay = delays[Math.min(attempt, delays.length - 1)] ?? 0
      const tooOld = Date.now() + delay - acceptedAt > age
      if (attempt >= retries || tooOld) {
        const condition = attempt >= retries ? 'RetriesExhausted' : 'EventAgeExceeded'
        settle(record, payload, requestId, { result, condition, invocations: attempt + 1 })
        return
      }
      await pause(delay)
    }
  }

  const settle = (
    record: FunctionRecord,
    payload: string,
    requestId: string,
    end: { result: InvocationResult; condition: string; invocations: number },
  ): void => {
    const { onFailure } = record.eventInvoke
    const { deadLetterArn } = record.definition
    const message = end.result.kind === 'failed' ? end.result.error.errorMessage : ''
    if (onFailure)
      options.deliver(record, onFailure, failureRecord(record, payload, requestId, end))
    if (deadLetterArn) {
      const attributes = { RequestID: requestId, ErrorCode: '200', ErrorMessage: message }
      options.deliver(record, deadLetterArn, payload, attributes)
    }
    if (!onFailure && !deadLetterArn) {
      options.onLost(record.definition.name, `${end.condition}: ${end.result.payload}`)
    }
  }

  return {
    accept(record, payload) {
      const requestId = randomUUID()
      pending += 1
      run(record, payload, requestId)
        .catch((error: unknown) => options.onLost(record.definition.name, String(error)))
        .finally(() => {
          pending -= 1
        })
      return requestId
    },
    pending: () => pending,
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failureRecord = (
  record: FunctionRecord,
  payload: string,
  requestId: string,
  end: { result: InvocationResult; condition: string; invocations: number },
): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${record.arn}:$LATEST`,
      condition: end.condition,
      approximateInvokeCount: end.invocations,
    },
    requestPayload: JSON.parse(payload),
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    },
    responsePayload: JSON.parse(end.result.payload),
  })
