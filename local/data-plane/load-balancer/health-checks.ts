import type {
  Elbv2State,
  HealthCheck,
  Target,
  TargetGroup,
  TargetHealth,
} from '../../services/elbv2/state.ts'
import { targetKey } from '../../services/elbv2/state.ts'

/** Asks a target once. Resolves to the status, or to `undefined` where there was no answer in time. */
export type Probe = (where: {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly timeoutMs: number
}) => Promise<number | undefined>

interface Progress {
  nextAt: number
  asking: boolean
  passed: number
  failed: number
}

/** How often it is looked which targets are due, in milliseconds. A new target is asked as soon as it is seen. */
const LOOK = 100

/**
 * Asks every target of every group that a load balancer uses, at the group's interval, and writes what it finds
 * into the state. A new target is healthy with its first passed check and unhealthy with the group's threshold of
 * failed ones; later changes take the thresholds.
 */
export function startHealthChecks(state: Elbv2State, probe: Probe): { stop(): void } {
  const progress = new Map<string, Progress>()
  let stopped = false

  function look() {
    const now = Date.now()
    const seen = new Set<string>()
    for (const group of state.targetGroups.values()) {
      if (!group.healthCheck.enabled || state.usersOf(group.arn).length === 0) continue
      for (const target of group.targets.values()) {
        if (target.health.state === 'draining') continue
        const key = `${group.arn} ${targetKey(target)}`
        seen.add(key)
        const own = progress.get(key) ?? { nextAt: now, asking: false, passed: 0, failed: 0 }
        progress.set(key, own)
        if (!own.asking && own.nextAt <= now) void check(group, target, own)
      }
    }
    for (const key of progress.keys()) if (!seen.has(key)) progress.delete(key)
  }

  async function check(group: TargetGroup, target: Target, own: Progress) {
    const { healthCheck } = group
    own.asking = true
    own.nextAt = Date.now() + healthCheck.intervalSeconds * 1_000
    const status = await probe({
      host: target.id,
      port: healthCheck.port === 'traffic-port' ? target.port : Number(healthCheck.port),
      path: healthCheck.path,
      timeoutMs: healthCheck.timeoutSeconds * 1_000,
    })
    own.asking = false
    if (stopped) return
    const passed = status !== undefined && matchesCode(healthCheck.matcher, status)
    own.passed = passed ? own.passed + 1 : 0
    own.failed = passed ? 0 : own.failed + 1
    const current = state.targetGroups.get(group.arn)?.targets.get(targetKey(target))?.health
    if (!current || current.state === 'draining') return
    const next = judge(current, own, healthCheck, status)
    if (next) state.setTargetHealth(group.arn, target, next)
  }

  const timer = setInterval(look, LOOK)
  return {
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}

function judge(
  current: TargetHealth,
  { passed, failed }: Progress,
  { healthyThreshold, unhealthyThreshold }: HealthCheck,
  status: number | undefined,
): TargetHealth | undefined {
  const enough = current.state === 'unhealthy' ? healthyThreshold : 1
  if (current.state !== 'healthy' && passed >= enough) return { state: 'healthy' }
  if (current.state !== 'unhealthy' && failed >= unhealthyThreshold) {
    return status === undefined
      ? { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' }
      : {
          state: 'unhealthy',
          reason: 'Target.ResponseCodeMismatch',
          description: `Health checks failed with these codes: [${status}]`,
        }
  }
  return undefined
}

/** `200`, `200-299`, `200,302`. */
export function matchesCode(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number)
    return from !== undefined && to !== undefined && from <= status && status <= to
  })
}
