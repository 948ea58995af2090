import { createHash } from 'node:crypto'
import type {
  Action,
  RuleCondition,
  Tag,
  TargetHealthReasonEnum,
  TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2'

export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  readonly dnsName: string
  /** Loopback address that the data plane listens on for this load balancer. */
  readonly address: string
  readonly createdAt: Date
}

export interface Listener {
  readonly arn: string
  readonly loadBalancerArn: string
  readonly port: number
  /** In order; the last one forwards, redirects or answers. Forward actions always carry a ForwardConfig. */
  readonly defaultActions: readonly Action[]
}

export interface Rule {
  readonly arn: string
  readonly listenerArn: string
  readonly priority: number
  readonly conditions: readonly RuleCondition[]
  /** As `defaultActions` of a listener. */
  readonly actions: readonly Action[]
}

export interface HealthCheck {
  readonly enabled: boolean
  readonly path: string
  /** A number, or `traffic-port` for each target's own. */
  readonly port: string
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
  /** HTTP codes that mean healthy: `200`, `200-299`, `200,302`. */
  readonly matcher: string
}

export interface TargetHealth {
  readonly state: TargetHealthStateEnum
  readonly reason?: TargetHealthReasonEnum
  readonly description?: string
}

export interface Target {
  readonly id: string
  readonly port: number
  /** What the data plane last found out; `initial` until it has. */
  readonly health: TargetHealth
}

export interface TargetGroup {
  readonly arn: string
  readonly name: string
  readonly port: number
  readonly targetType: 'ip' | 'instance'
  readonly vpcId: string | undefined
  readonly healthCheck: HealthCheck
  /** By `id:port`. */
  readonly targets: ReadonlyMap<string, Target>
}

export const targetKey = (target: { readonly id: string; readonly port: number }): string =>
  `${target.id}:${target.port}`

/** Target groups that a list of actions names. */
export const targetGroupsIn = (actions: readonly Action[]): string[] =>
  actions.flatMap(
    (action) =>
      action.ForwardConfig?.TargetGroups?.flatMap((group) => group.TargetGroupArn ?? []) ?? [],
  )

/**
 * All of Elastic Load Balancing that stands. Records are replaced, never changed in place, so whoever reads one keeps a
 * consistent picture; the data plane reads the maps afresh at every request.
 */
export class Elbv2State {
  readonly loadBalancers = new Map<string, LoadBalancer>()
  readonly listeners = new Map<string, Listener>()
  readonly rules = new Map<string, Rule>()
  readonly targetGroups = new Map<string, TargetGroup>()
  /** Of load balancers and target groups, by ARN: those that were written. */
  readonly attributes = new Map<string, Readonly<Record<string, string>>>()
  readonly tags = new Map<string, readonly Tag[]>()
  readonly #listeners = new Set<() => void>()
  #made = 0

  /** Hears of every change of anything but target health. Gives back how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  /** 16 hexadecimal digits as ARNs have them, the same at every run. */
  nextId(name: string): string {
    this.#made += 1
    return createHash('sha256').update(`${name}#${this.#made}`).digest('hex').slice(0, 16)
  }

  listenersOf(loadBalancerArn: string): Listener[] {
    return [...this.listeners.values()].filter((one) => one.loadBalancerArn === loadBalancerArn)
  }

  /** In the order in which they are tried; the listener's default actions come after all of them. */
  rulesOf(listenerArn: string): Rule[] {
    return [...this.rules.values()]
      .filter((rule) => rule.listenerArn === listenerArn)
      .sort((a, b) => a.priority - b.priority)
  }

  loadBalancerByDnsName(dnsName: string): LoadBalancer | undefined {
    const wanted = dnsName.replace(/\.$/, '').toLowerCase()
    return [...this.loadBalancers.values()].find((one) => one.dnsName.toLowerCase() === wanted)
  }

  /** ARNs of the load balancers that may send something to the group, at whatever weight. */
  usersOf(targetGroupArn: string): string[] {
    const users = new Set<string>()
    for (const listener of this.listeners.values()) {
      const lists = [
        listener.defaultActions,
        ...this.rulesOf(listener.arn).map((rule) => rule.actions),
      ]
      if (lists.some((actions) => targetGroupsIn(actions).includes(targetGroupArn))) {
        users.add(listener.loadBalancerArn)
      }
    }
    return [...users]
  }

  /** Written by the data plane's health checker. Unknown targets are ignored: they may just have gone. */
  setTargetHealth(
    targetGroupArn: string,
    target: { readonly id: string; readonly port: number },
    health: TargetHealth,
  ): void {
    const group = this.targetGroups.get(targetGroupArn)
    const known = group?.targets.get(targetKey(target))
    if (!group || !known) return
    const targets = new Map(group.targets).set(targetKey(target), { ...known, health })
    this.targetGroups.set(targetGroupArn, { ...group, targets })
  }
}
