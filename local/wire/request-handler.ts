import { type HttpRequest, HttpResponse } from '@smithy/core/protocols'
import type { Endpoint } from './endpoint.ts'
import type { WireRequest } from './service.ts'

/** What an SDK client takes as its `requestHandler`. */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: HttpRequest): Promise<{ response: HttpResponse }>
  destroy(): void
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
}

const bytesOf = (body: unknown): Uint8Array => {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return new TextEncoder().encode(body)
  // A plain view: some of the SDK's own bodies warn when they are taken for a string, which Buffer does in passing.
  if (body instanceof Uint8Array) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  }
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  throw new TypeError('a streamed request body is not supported in process: give a string or bytes')
}

const wireRequest = (request: HttpRequest): WireRequest => ({
  method: request.method,
  path: request.path,
  query: Object.fromEntries(
    Object.entries(request.query).map(([name, value]) => [name, value ?? '']),
  ),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: bytesOf(request.body),
})

/** Mounts the endpoint in an SDK client: no socket, no stream, so that a fake clock rules everything. */
export const requestHandlerOf = (endpoint: Endpoint): InProcessHandler => ({
  metadata: { handlerProtocol: 'http/1.1' },
  async handle(request) {
    const { status, headers, body } = await endpoint.handle(wireRequest(request))
    return {
      response: new HttpResponse({
        statusCode: status,
        headers: { ...headers },
        body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      }),
    }
  },
  destroy: () => undefined,
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
})
