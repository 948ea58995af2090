import inject from 'light-my-request'
import type { WireRequest, WireResponse } from '../../wire/service.ts'
import { createDynaliteStore } from './dynalite-store.ts'

export type Item = Readonly<Record<string, unknown>>

/** dynalite answers only signed requests, but does not look at the signature. */
export const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
}

export class DynamoDbError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  override get name(): string {
    return this.code
  }
}

/** dynalite in memory. Its server is never listened on: requests are handed to it in process. */
export interface TableStore {
  /** A whole HTTP request, answered as DynamoDB would. */
  pass(request: WireRequest, body?: object): Promise<WireResponse>
  /** @throws {DynamoDbError} */
  call<O extends object = Record<string, unknown>>(operation: string, input: object): Promise<O>
  /** Makes a table usable that was just created. */
  activate(table: string): Promise<void>
}

export function createTableStore(): TableStore {
  const { server, activate } = createDynaliteStore()
  const dispatch = (request: unknown, response: unknown): void => {
    server.emit('request', request, response)
  }
  const send = (headers: Record<string, string>, method: string, payload: Buffer) =>
    inject(dispatch, {
      method,
      url: '/',
      headers: { ...headers, 'content-length': String(payload.length) },
      payload,
    })

  return {
    activate,
    async pass(request, body) {
      const { 'content-length': _, ...headers } = request.headers
      const payload = Buffer.from(body ? JSON.stringify(body) : request.body)
      const answer = await send(headers, request.method, payload)
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: answer.rawPayload,
      }
    },
    async call<O extends object>(operation: string, input: object) {
      const headers = { ...SIGNED, 'x-amz-target': `DynamoDB_20120810.${operation}` }
      const answer = await send(headers, 'POST', Buffer.from(JSON.stringify(input)))
      const output = JSON.parse(answer.payload)
      if (answer.statusCode === 200) return output as O
      const code = String(output.__type ?? 'InternalServerError').replace(/^.*#/, '')
      throw new DynamoDbError(code, output.message ?? output.Message ?? code)
    },
  }
}
