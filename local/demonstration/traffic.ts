import type { DataPlane } from '../data-plane/index.ts'
import { type Count, createCount } from '../data-plane/load-generator/count.ts'
import { startLoad } from '../data-plane/load-generator/generator.ts'
import { fixedPlace, type Resolve, resolvedPlace } from '../data-plane/load-generator/resolver.ts'
import type { Environment } from './environment/environment.ts'

export interface Traffic {
  /** Since the beginning, or the last `restart`. */
  count(): Count
  restart(): void
  stop(): Promise<void>
}

/** Requests a second, unless the scenario says. */
const RATE = 120
/** Each with an answer of the name server of its own, as the many clients of a service have. */
const CLIENTS = 24

/** Calls the environment as its clients would. */
export async function startTraffic(
  dataPlane: DataPlane,
  { entrance, host }: Environment,
  { duration, rate = RATE }: { readonly duration: number; readonly rate?: number | undefined },
): Promise<Traffic> {
  const count = createCount()
  const told = { count: () => count.read(), restart: () => count.restart() }
  if (rate === 0) return { ...told, stop: async () => {} }

  const place = await dataPlane.loadBalancers.addressOf(entrance.listener)
  const client = (): Resolve =>
    entrance.kind === 'listener'
      ? fixedPlace(place)
      : resolvedPlace({ server: dataPlane.dns, name: host, port: place.port, family: 4 })
  const load = startLoad({
    clients: Array.from({ length: CLIENTS }, client),
    rate,
    duration,
    host,
    onReply: (reply) => count.add(reply),
  })
  return { ...told, stop: () => load.stop() }
}
