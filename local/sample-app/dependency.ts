import { Agent, request } from 'node:http'

/** An answer that takes longer is none. Milliseconds. */
const PATIENCE = 2_000

export interface Dependency {
  /** Whether it answered well. */
  ask(): Promise<boolean>
  close(): void
}

/** Another service that this one cannot answer without, as most have one: when it fails, all that lean on it do. */
export function dependencyAt(url: URL): Dependency {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  return {
    ask: () =>
      new Promise((resolve) => {
        const outgoing = request(
          url,
          { agent, signal: AbortSignal.timeout(PATIENCE) },
          (response) => {
            response.resume()
            response.once('error', () => resolve(false))
            response.once('end', () => resolve((response.statusCode ?? 500) < 400))
          },
        )
        // No answer is what the caller is told; there is nobody else to tell.
        outgoing.once('error', () => resolve(false))
        outgoing.end()
      }),
    close: () => agent.destroy(),
  }
}
