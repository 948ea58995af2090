import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'

/** Open at a time, of all functions together. */
const SOCKETS = 200

/**
 * Carries every request of SDK clients to one server, over sockets that are kept. The host header stays AWS's. Without the
 * functions' own limit of 2 s for an answer: what is slow here is this machine, which is all of AWS and all functions.
 */
export function overHttp(url: string): InProcessHandler {
  const { hostname, port, protocol } = new URL(url)
  const sockets = new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: SOCKETS } })
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request) =>
      sockets.handle(Object.assign(request, { hostname, port: Number(port), protocol })),
    destroy: () => sockets.destroy(),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
}
