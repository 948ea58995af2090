import { Agent } from 'node:http'
import { ask } from './ask.ts'
import type { Reply } from './count.ts'
import type { Resolve } from './resolver.ts'

export interface LoadOptions {
  /** One entry a client: each has its own idea of where the service is, and one request under way at most. */
  readonly clients: readonly Resolve[]
  /** Requests a second, of all clients together, as long as they are answered fast enough. */
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

/**
 * Sends requests at a steady rate, the clients in turn, for a bounded time. A client asks again only when it has its
 * answer: whoever is slow, a starved machine included, gets less load and not a pile of it that nobody could wait for.
 */
export function startLoad({ clients, rate, duration, host, onReply }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true })
  const underWay = new Set<Promise<void>>()
  /** Who waits for no answer, the one that asked the longest ago first. */
  const idle = [...clients]
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
    while (sent < due) {
      const client = idle.shift()
      if (!client) return
      sent += 1
      const one = ask(client, host, agent).then((reply) => {
        underWay.delete(one)
        idle.push(client)
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
