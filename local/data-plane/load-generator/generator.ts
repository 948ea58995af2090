import { Agent, request } from 'node:http'
import type { Reply } from './count.ts'
import type { Resolve } from './resolver.ts'

export interface LoadOptions {
  /** One entry a client: each has its own idea of where the service is. */
  readonly clients: readonly Resolve[]
  /** Requests a second, of all clients together. */
  readonly rate: number
  /** Milliseconds after which it ends by itself. */
  readonly duration: number
  /** The name that requests are addressed to. */
  readonly host: string
  readonly onReply: (reply: Reply) => void
}

export interface Load {
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** A request that takes longer has failed. Milliseconds. */
const PATIENCE = 5_000
/** Requests under way at most: where a service hangs, load must not pile up. */
const MOST_UNDER_WAY = 200

/** Sends requests at a steady rate, the clients in turn, for a bounded time. */
export function startLoad({ clients, rate, duration, host, onReply }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const underWay = new Set<Promise<void>>()
  const began = performance.now()
  let sent = 0
  let finish = () => {}
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })

  function tick() {
    const elapsed = performance.now() - began
    if (elapsed >= duration) return void stop()
    const due = Math.floor((elapsed * rate) / 1_000)
    // A machine that slept owes no burst: what it missed by more than a second is let go.
    sent = Math.max(sent, due - rate)
    while (sent < due && underWay.size < MOST_UNDER_WAY) {
      const client = clients[sent % clients.length]
      sent += 1
      if (!client) return
      const one = ask(client, host, agent).then((reply) => {
        underWay.delete(one)
        onReply(reply)
      })
      underWay.add(one)
    }
  }

  const timer = setInterval(tick, Math.max(5, Math.min(50, 1_000 / rate)))

  async function stop() {
    clearInterval(timer)
    await Promise.all(underWay)
    agent.destroy()
    finish()
  }

  return { ended, stop }
}

async function ask(client: Resolve, hostHeader: string, agent: Agent): Promise<Reply> {
  try {
    const { host, port } = await client()
    return await get(host, port, hostHeader, agent)
  } catch {
    // No answer, for whatever reason, is what is counted.
    return { slot: undefined, status: undefined, at: Date.now() }
  }
}

function get(host: string, port: number, hostHeader: string, agent: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host, port, agent, headers: { host: hostHeader }, signal: AbortSignal.timeout(PATIENCE) },
      (response) => {
        const slot = response.headers['x-slot']
        response.resume()
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            slot: typeof slot === 'string' ? slot : undefined,
            status: response.statusCode,
            at: Date.now(),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}
