import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Behaviour } from './behaviour.ts'
import { dependencyAt } from './dependency.ts'

export interface Application {
  readonly server: Server
  /** Answers what is under way, accepts nothing new, and resolves when all is done. */
  leave(): Promise<void>
}

/** Serves `/` and `/health` as the behaviour says. */
export function createApplication(behaviour: Behaviour): Application {
  const dependency = behaviour.dependency && dependencyAt(behaviour.dependency)
  const kept: number[][] = []
  let leaving = false

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health') {
      const { unhealthy } = behaviour
      return respond(response, unhealthy ? 503 : 200, unhealthy ? 'not ready' : 'ready')
    }
    if (request.url !== '/') return respond(response, 404, 'there is / and /health')
    const { failed, delay, leaked } = behaviour.next()
    // Numbers in the heap: its limit ends the process, as a container's limit of memory does.
    if (leaked > 0) kept.push(new Array<number>(Math.ceil(leaked / 8)).fill(0))
    if (delay > 0) await pause(delay)
    if (failed) return respond(response, 500, 'broken on purpose')
    if (dependency && !(await dependency.ask())) {
      return respond(response, 502, 'what this service depends on does not answer')
    }
    respond(response, 200, `hello from ${behaviour.slot}`)
  }

  function respond(response: ServerResponse, status: number, text: string) {
    response.writeHead(status, {
      'content-type': 'text/plain',
      'x-slot': behaviour.slot,
      'x-revision': behaviour.revision,
      'x-version': behaviour.version,
      // Whoever holds the connection shall find another task for the next request.
      ...(leaving && { connection: 'close' }),
    })
    response.end(`${text}\n`)
  }

  const server = createServer((request, response) => void answer(request, response))
  // Longer than a load balancer keeps idle connections (60 s): it never sends into one that is just being closed.
  server.keepAliveTimeout = 65_000
  return {
    server,
    leave: () =>
      new Promise((resolve) => {
        leaving = true
        server.close(() => {
          dependency?.close()
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
