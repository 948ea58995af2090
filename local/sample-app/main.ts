import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Behaviour, behaviourOf } from './behaviour.ts'

/**
 * The application that tasks of the image `sluice/sample-app` run. It serves on a port of the system's choosing,
 * which it tells its parent; a parent that goes away takes it along.
 */
const behaviour = behaviourOf(process.env)
const server = createServer((request, response) => answer(behaviour, request, response))

server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})

function answer(how: Behaviour, request: IncomingMessage, response: ServerResponse) {
  if (request.url === '/health') {
    respond(response, how.unhealthy ? 503 : 200, how.unhealthy ? 'not ready' : 'ready')
    return
  }
  if (request.url !== '/') {
    respond(response, 404, 'there is / and /health')
    return
  }
  const failed = how.fails()
  const send = () =>
    respond(response, failed ? 500 : 200, failed ? 'broken on purpose' : `hello from ${how.slot}`)
  if (how.latency > 0) setTimeout(send, how.latency)
  else send()
}

function respond(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, {
    'content-type': 'text/plain',
    'x-slot': behaviour.slot,
    'x-revision': behaviour.revision,
    'x-version': behaviour.version,
  })
  response.end(`${text}\n`)
}

if (behaviour.crashAfter !== undefined) {
  setTimeout(() => process.exit(1), behaviour.crashAfter)
}

/** Answers what is under way, then leaves. */
function leave() {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
}
process.on('SIGTERM', leave)
// A terminal's Ctrl-C reaches the whole process group: the parent stops its tasks in order.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
