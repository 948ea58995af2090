import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '../../seeded-random.ts'
import type { Elbv2State, Listener } from '../../services/elbv2/state.ts'
import { startHealthChecks } from './health-checks.ts'
import { createLoadBalancerMetrics, type HostCount, type RecordMetric } from './metrics.ts'
import { httpProbe } from './probe.ts'
import { createServing } from './serve.ts'

/** Of clients' connections, in milliseconds: as long as on AWS unless told there. */
const IDLE_TIMEOUT = 60_000

export interface LoadBalancerOptions {
  readonly state: Elbv2State
  readonly record: RecordMetric
  /** Milliseconds. */
  readonly period?: number
  readonly seed?: number
}

export interface LoadBalancers {
  /**
   * Where a listener serves: its load balancer's loopback address, at a port that the system chose. Listeners of
   * the same port number have the same one, so that a name may lead to either.
   */
  addressOf(listenerArn: string): Promise<{ readonly host: string; readonly port: number }>
  close(): Promise<void>
}

/** Serves every listener there is and will be. */
export function startLoadBalancers(options: LoadBalancerOptions): LoadBalancers {
  const { state, record, period = 60_000, seed = 1 } = options
  const metrics = createLoadBalancerMetrics(record)
  const serving = createServing(state, metrics, seededRandom(seed))
  const health = startHealthChecks(state, httpProbe)
  const servers = new Map<string, Promise<Server>>()
  /** By the port that a listener says. The first one's bind finds the port, the others wait for it. */
  const ports = new Map<number, Promise<number>>()

  async function listen(listener: Listener): Promise<Server> {
    const address = state.loadBalancers.get(listener.loadBalancerArn)?.address ?? '127.0.0.1'
    const server = createServer((request, response) => {
      void serving.serve(listener.arn, request, response)
    })
    server.keepAliveTimeout = IDLE_TIMEOUT
    const known = ports.get(listener.port)
    const bound = known
      ? known.then((port) => bind(server, address, port))
      : bind(server, address, 0)
    if (!known) ports.set(listener.port, bound)
    await bound
    return server
  }

  function follow() {
    for (const listener of state.listeners.values()) {
      if (servers.has(listener.arn)) continue
      const server = listen(listener)
      // Told to whoever asks for the address.
      server.catch(() => {})
      servers.set(listener.arn, server)
    }
    for (const [arn, server] of servers) {
      if (state.listeners.has(arn)) continue
      servers.delete(arn)
      void server.then(close, () => {})
    }
  }

  const unfollow = state.onChange(follow)
  follow()
  let flush: ReturnType<typeof setTimeout>

  /** Periods begin where CloudWatch's do, at whole multiples, so that a point is never of two of them. */
  function nextPeriod() {
    const began = Math.floor(Date.now() / period) * period
    flush = setTimeout(
      () => {
        metrics.flush(began, hostCounts(state))
        nextPeriod()
      },
      began + period - Date.now(),
    )
  }
  nextPeriod()

  return {
    async addressOf(listenerArn) {
      const server = await servers.get(listenerArn)
      if (!server) throw new Error(`no listener ${listenerArn} is served here`)
      const { address, port } = server.address() as AddressInfo
      return { host: address, port }
    },
    async close() {
      unfollow()
      clearTimeout(flush)
      health.stop()
      serving.close()
      const open = await Promise.allSettled(servers.values())
      await Promise.all(open.map((each) => each.status === 'fulfilled' && close(each.value)))
    },
  }
}

function bind(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function hostCounts(state: Elbv2State): HostCount[] {
  return [...state.targetGroups.values()].flatMap((group) => {
    const states = [...group.targets.values()].map(({ health }) => health.state)
    return state.usersOf(group.arn).map((loadBalancerArn) => ({
      loadBalancerArn,
      targetGroupArn: group.arn,
      healthy: states.filter((each) => each === 'healthy').length,
      unhealthy: states.filter((each) => each === 'unhealthy').length,
    }))
  })
}
