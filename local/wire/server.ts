import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoint } from './endpoint.ts'
import type { WireRequest } from './service.ts'

export interface WireServer {
  readonly url: string
  close(): Promise<void>
}

/** Larger than the largest request of any service here (EventBridge: 1 MiB). */
const MAX_BODY_BYTES = 8 * 1024 * 1024

const bodyOf = async (message: IncomingMessage): Promise<Uint8Array | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += (chunk as Buffer).byteLength
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

export const queryOf = (search: URLSearchParams): Record<string, string | string[]> => {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}

const requestOf = (message: IncomingMessage, body: Uint8Array): WireRequest => {
  const url = new URL(`http://local${message.url ?? '/'}`)
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: queryOf(url.searchParams),
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body,
  }
}

const answer = async (
  endpoint: Endpoint,
  message: IncomingMessage,
  reply: ServerResponse,
): Promise<void> => {
  const body = await bodyOf(message)
  if (body === undefined) {
    reply.writeHead(413, { connection: 'close' }).end(`request body over ${MAX_BODY_BYTES} bytes\n`)
    return
  }
  const response = await endpoint.handle(requestOf(message, body))
  reply.writeHead(response.status, {
    ...response.headers,
    'content-length': String(Buffer.byteLength(response.body)),
  })
  reply.end(response.body)
}

/**
 * Serves the endpoint over HTTP, on the loopback interface only: it checks no signature.
 * @throws an Error of one line where the port is taken.
 */
export const listen = async (
  endpoint: Endpoint,
  { port = 0 }: { port?: number } = {},
): Promise<WireServer> => {
  const server = createServer((message, reply) => {
    answer(endpoint, message, reply).catch((error: unknown) => {
      // A client that went away mid-request; anything else has no answer left to put it in.
      if (reply.headersSent) reply.destroy()
      else reply.writeHead(400, { connection: 'close' }).end(`${(error as Error).message}\n`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is in use: give another one with --port, or stop what holds it`)
          : error,
      )
    })
    server.listen(port, '127.0.0.1', () => resolve())
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Clients keep their connections alive; waiting for them would wait for ever.
        server.closeAllConnections()
      }),
  }
}
