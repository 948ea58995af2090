import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Action, ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { startLoadBalancers } from '../../../local/data-plane/load-balancer/server.ts'
import { createElbv2 } from '../../../local/services/elbv2/index.ts'
import type { Operation } from '../../../local/wire/service.ts'

export interface Metric {
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly value: number
}

/** A load balancer with a listener, target groups `blue` and `green`, and real HTTP on loopback. */
export async function startLoadBalancer(options: { period?: number } = {}) {
  const elbv2 = createElbv2()
  const metrics: Metric[] = []
  const call = <O>(operation: string, input: object) =>
    (elbv2.operations[operation] as Operation<object, object>)(input, { requestId: 'test' }) as O
  const balancers = startLoadBalancers({
    state: elbv2.state,
    record: (_, metric, dimensions, value) => metrics.push({ metric, dimensions, value }),
    period: options.period ?? 3_600_000,
  })
  const servers: Server[] = []

  const targetGroup = (Name: string) =>
    call<{ TargetGroups: { TargetGroupArn: string }[] }>('CreateTargetGroup', {
      Name,
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 1,
      UnhealthyThresholdCount: 2,
    }).TargetGroups[0]?.TargetGroupArn ?? ''
  const groups = { blue: targetGroup('blue'), green: targetGroup('green') }
  const { LoadBalancers } = call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
    'CreateLoadBalancer',
    { Name: 'shop' },
  )
  const { Listeners } = call<{ Listeners: { ListenerArn: string }[] }>('CreateListener', {
    LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [forwardTo({ blue: 1, green: 0 })],
  })
  const listener = Listeners[0]?.ListenerArn ?? ''
  const { host, port } = await balancers.addressOf(listener)

  function forwardTo(
    weights: { blue: number; green: number },
    TargetGroupStickinessConfig?: ForwardActionConfig['TargetGroupStickinessConfig'],
  ): Action {
    return {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.blue, Weight: weights.blue },
          { TargetGroupArn: groups.green, Weight: weights.green },
        ],
        ...(TargetGroupStickinessConfig && { TargetGroupStickinessConfig }),
      },
    }
  }

  return {
    state: elbv2.state,
    metrics,
    groups,
    listener,
    call,
    forwardTo,
    setActions: (...DefaultActions: Action[]) =>
      call('ModifyListener', { ListenerArn: listener, DefaultActions }),
    /** Starts a target that answers as told, registers it and gives its port. */
    async target(slot: 'blue' | 'green', respond: (request: IncomingMessage) => number | 'cut') {
      const server = createServer((request, response) => {
        const status =
          request.url === '/health' && respond(request) !== 503 ? 200 : respond(request)
        if (status === 'cut') return void request.socket.destroy()
        response.writeHead(status, { 'x-slot': slot }).end(slot)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      servers.push(server)
      const { port: own } = server.address() as AddressInfo
      const Targets = [{ Id: '127.0.0.1', Port: own }]
      call('RegisterTargets', { TargetGroupArn: groups[slot], Targets })
      return own
    },
    healthOf: (slot: 'blue' | 'green') =>
      [...(elbv2.state.targetGroups.get(groups[slot])?.targets.values() ?? [])].map(
        ({ health }) => health.state,
      ),
    get: (path = '/', headers: Record<string, string> = {}) =>
      fetch(`http://${host}:${port}${path}`, { headers, redirect: 'manual' }),
    async close() {
      await balancers.close()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}
