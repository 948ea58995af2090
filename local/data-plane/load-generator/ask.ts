import { type Agent, type IncomingMessage, request } from 'node:http'
import type { Reply } from './count.ts'
import { codeOf, type Failure, inOneLine, type Phase } from './failure.ts'
import type { Place, Resolve } from './resolver.ts'

/**
 * A request that takes longer has failed. Milliseconds: what HTTP clients commonly wait, and less than a load balancer
 * (60 s). Much less would measure how busy the machine is and not the service.
 */
const PATIENCE = 30_000
/** What is kept of an answer that says what went wrong. Characters. */
const MOST_READ = 2_000

/** One request, as a client makes it: finds out where, asks, and waits for the whole answer. Never rejects. */
export async function ask(client: Resolve, hostHeader: string, agent: Agent): Promise<Reply> {
  try {
    const place = await client()
    return await get(place, hostHeader, agent)
  } catch (error) {
    return unanswered('resolving', error)
  }
}

function get(place: Place, hostHeader: string, agent: Agent): Promise<Reply> {
  return new Promise((resolve) => {
    let phase: Phase = 'connecting'
    const { host, port } = place
    const signal = AbortSignal.timeout(PATIENCE)
    const fail = (error: unknown) =>
      resolve(unanswered(phase, signal.aborted ? signal.reason : error, place))
    const outgoing = request(
      { host, port, agent, headers: { host: hostHeader }, signal },
      (response) => {
        phase = 'reading'
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text = `${text}${chunk}`.slice(0, MOST_READ)
        })
        response.on('error', fail)
        response.on('end', () => resolve(answered(response, text, place)))
      },
    )
    outgoing.on('socket', (socket) => {
      const connected = () => {
        phase = 'waiting'
      }
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
    outgoing.on('error', fail)
    outgoing.end()
  })
}

/** Bad is a 5xx from wherever. */
function answered({ headers, statusCode = 0 }: IncomingMessage, text: string, place: Place): Reply {
  const slot = headers['x-slot']
  const reply = {
    slot: typeof slot === 'string' ? slot : undefined,
    status: statusCode,
    at: Date.now(),
  }
  if (statusCode < 500) return reply
  const failure: Failure = {
    phase: 'answered',
    status: statusCode,
    code: null,
    slot: reply.slot ?? null,
    place: `${place.host}:${place.port}`,
    text: inOneLine(text),
  }
  return { ...reply, failure }
}

function unanswered(phase: Phase, error: unknown, place?: Place): Reply {
  const failure: Failure = {
    phase,
    status: null,
    code: codeOf(error),
    slot: null,
    place: place ? `${place.host}:${place.port}` : null,
    text: inOneLine(error instanceof Error ? error.message : String(error)),
  }
  return { slot: undefined, status: undefined, at: Date.now(), failure }
}
