import { type Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Target } from '../../services/elbv2/state.ts'

export type Forwarded =
  | { readonly kind: 'answered'; readonly status: number; readonly responseTime: number }
  /** There was no answer; `why` is the connection's last word. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The client left before there was an answer. */
  | { readonly kind: 'gone' }

/** Of one connection alone, not to be passed on (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Passes a request on to a target and its answer back. */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: Target,
  agent: Agent,
  cookie: string | undefined,
): Promise<Forwarded> {
  return new Promise((resolve) => {
    const began = performance.now()
    const ask = (again: boolean) => {
      const toTarget = request({
        host: target.id,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: passedOn(incoming),
        agent,
      })
      toTarget.on('response', (answer) => {
        const responseTime = (performance.now() - began) / 1_000
        const status = answer.statusCode ?? 502
        const headers = withoutHopByHop(answer.headers)
        const cookies = [headers['set-cookie'] ?? [], cookie ?? []].flat()
        outgoing.writeHead(status, {
          ...headers,
          ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
        })
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
        answer.on('end', () => resolve({ kind: 'answered', status, responseTime }))
        answer.on('close', () => resolve({ kind: 'answered', status, responseTime }))
      })
      toTarget.on('error', (error) => {
        if (outgoing.destroyed) return resolve({ kind: 'gone' })
        if (outgoing.headersSent) return
        // An idle connection that the target closed as it was taken up: the request never reached it.
        if (toTarget.reusedSocket && !again && incoming.method === 'GET') return ask(true)
        resolve({ kind: 'failed', why: error.message })
      })
      outgoing.once('close', () => {
        if (!outgoing.writableFinished) toTarget.destroy()
      })
      if (incoming.method === 'GET' || incoming.method === 'HEAD') toTarget.end()
      else incoming.pipe(toTarget)
    }
    ask(false)
  })
}

function passedOn(incoming: IncomingMessage) {
  const client = incoming.socket.remoteAddress ?? ''
  const before = incoming.headers['x-forwarded-for']
  return {
    ...withoutHopByHop(incoming.headers),
    'x-forwarded-for': before ? `${before}, ${client}` : client,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(incoming.socket.localPort ?? ''),
  }
}

function withoutHopByHop(headers: IncomingMessage['headers']) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)))
}
