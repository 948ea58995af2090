import { Resolver } from 'node:dns/promises'

export interface Place {
  readonly host: string
  readonly port: number
}

/** Of one question, in milliseconds: as a resolver has it that is told nothing else (resolv.conf). */
const PATIENCE = 5_000

/** Where a client sends its next request to. */
export type Resolve = () => Promise<Place>

/** Always the same place: what a client does that was given a load balancer's address. */
export const fixedPlace =
  (place: Place): Resolve =>
  async () =>
    place

/**
 * What a well-behaved client does with a name: it asks, keeps the answer for its TTL, and asks again. A failed
 * question is asked again at the next request; the old answer is not kept past its time.
 */
export function resolvedPlace(options: {
  readonly server: Place
  readonly name: string
  readonly port: number
  readonly family: 4 | 6
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number
}): Resolve {
  const { server, name, port, family, now = Date.now } = options
  const resolver = new Resolver({ timeout: PATIENCE, tries: 2 })
  resolver.setServers([`${server.host}:${server.port}`])
  let kept: { readonly host: string; readonly until: number } | undefined
  return async () => {
    if (!kept || kept.until <= now()) {
      kept = undefined
      const asked = now()
      const records =
        family === 4
          ? await resolver.resolve4(name, { ttl: true })
          : await resolver.resolve6(name, { ttl: true })
      const [record] = records
      if (!record) throw new Error(`${name} resolves to nothing`)
      kept = { host: record.address, until: asked + record.ttl * 1_000 }
    }
    return { host: kept.host, port }
  }
}
