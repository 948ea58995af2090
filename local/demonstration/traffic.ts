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

/** Requests a second. The candidate's tenth of it is what its error rate is judged by. */
const RATE = 120
/** Each with an answer of the name server of its own, as the many clients of a service have. */
const CLIENTS = 24

/** Calls the environment as its clients would. */
export async function startTraffic(
  dataPlane: DataPlane,
  { entrance, host }: Environment,
  duration: number,
): Promise<Traffic> {
  const place = await dataPlane.loadBalancers.addressOf(entrance.listener)
  const client = (number: number): Resolve =>
    entrance.kind === 'listener'
      ? fixedPlace(place)
      : resolvedPlace({
          server: dataPlane.dns,
          name: host,
          port: place.port,
          family: number % 2 === 0 ? 4 : 6,
        })
  const count = createCount()
  const load = startLoad({
    clients: Array.from({ length: CLIENTS }, (_, number) => client(number)),
    rate: RATE,
    duration,
    host,
    onReply: (reply) => count.add(reply),
  })
  return { count: () => count.read(), restart: () => count.restart(), stop: () => load.stop() }
}
