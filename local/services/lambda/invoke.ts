import { randomUUID } from 'node:crypto'
import type { InvocationRequest } from '@aws-sdk/client-lambda'
import { AwsError, type Call } from '../../wire/service.ts'
import type { AsyncInvocations } from './async-invocation.ts'
import type { Functions } from './functions.ts'
import { invokeOnce } from './invocation.ts'

export const invokeOperation = (functions: Functions, queue: AsyncInvocations) => ({
  async Invoke(input: InvocationRequest, call: Call) {
    const record = functions.get(input.FunctionName)
    const text = input.Payload?.length ? Buffer.from(input.Payload as Uint8Array).toString() : '{}'
    const payload = parse(text)
    switch (input.InvocationType ?? 'RequestResponse') {
      case 'DryRun':
        return { StatusCode: 204 }
      case 'Event':
        queue.accept(record, text)
        return { StatusCode: 202 }
      default: {
        const result = await invokeOnce(record, payload, call.requestId || randomUUID())
        return {
          StatusCode: 200,
          ExecutedVersion: '$LATEST',
          Payload: Buffer.from(result.payload),
          ...(result.kind === 'failed' ? { FunctionError: 'Unhandled' } : {}),
        }
      }
    }
  },
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    )
  }
}
