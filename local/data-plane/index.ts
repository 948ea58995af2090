import { seededRandom } from '../seeded-random.ts'
import type { Elbv2State } from '../services/elbv2/state.ts'
import type { Route53 } from '../services/route53/index.ts'
import { type DnsServer, startDnsServer } from './dns/server.ts'
import { weightedAnswers } from './dns/weighted-answers.ts'
import type { RecordMetric } from './load-balancer/metrics.ts'
import { type LoadBalancers, startLoadBalancers } from './load-balancer/server.ts'

export interface DataPlaneOptions {
  readonly elbv2: { readonly state: Elbv2State }
  readonly route53: Pick<Route53, 'answer'>
  /** Where the load balancers' metrics go. */
  readonly record: RecordMetric
  /** Of the metrics, in milliseconds; a minute unless told, as on AWS. */
  readonly period?: number
  /** Makes the same choices again. */
  readonly seed?: number
}

export interface DataPlane {
  readonly loadBalancers: LoadBalancers
  readonly dns: DnsServer
  close(): Promise<void>
}

/** What carries the traffic: load balancers and a name server, on loopback. */
export async function startDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { elbv2, route53, record, period = 60_000, seed = 1 } = options
  const dns = await startDnsServer(
    weightedAnswers((name, type) => route53.answer(name, type), seededRandom(seed)),
  )
  const loadBalancers = startLoadBalancers({ state: elbv2.state, record, period, seed })
  return {
    loadBalancers,
    dns,
    async close() {
      await Promise.all([loadBalancers.close(), dns.close()])
    },
  }
}
