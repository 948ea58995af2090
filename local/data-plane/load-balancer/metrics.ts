import { loadBalancerDimension, targetGroupDimension } from './dimensions.ts'

const NAMESPACE = 'AWS/ApplicationELB'

/** One request's end, as far as metrics go. */
export interface ServedRequest {
  readonly loadBalancerArn: string
  /** Absent where no target was asked. */
  readonly targetGroupArn?: string
  readonly status: number
  /** Who made the status: a target, or the load balancer itself. */
  readonly by: 'target' | 'load-balancer'
  /** Seconds until the target's first byte. */
  readonly responseTime?: number
}

export type RecordMetric = (
  namespace: string,
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
  /** Milliseconds since the epoch. */
  at: number,
) => void

export interface HostCount {
  readonly loadBalancerArn: string
  readonly targetGroupArn: string
  readonly healthy: number
  readonly unhealthy: number
}

/**
 * Counts what was served, and gives CloudWatch one point a period: counts as one value each, response times one by
 * one so that percentiles are true. What did not happen makes no point, as on AWS: no errors is no data.
 */
export function createLoadBalancerMetrics(record: RecordMetric) {
  let counts = new Map<
    string,
    { dimensions: Record<string, string>; metric: string; value: number }
  >()
  let times: { dimensions: Record<string, string>; value: number }[] = []

  const count = (metric: string, dimensions: Record<string, string>) => {
    const key = JSON.stringify([metric, dimensions])
    const entry = counts.get(key) ?? { dimensions, metric, value: 0 }
    entry.value += 1
    counts.set(key, entry)
  }

  return {
    served(request: ServedRequest) {
      const own = { LoadBalancer: loadBalancerDimension(request.loadBalancerArn) }
      const family = `${Math.floor(request.status / 100)}XX`
      if (request.by === 'load-balancer') {
        // Connection failures too: they carry no target group.
        count(`HTTPCode_ELB_${family}_Count`, own)
        return
      }
      const places: Record<string, string>[] = [own]
      if (request.targetGroupArn !== undefined) {
        places.push({ ...own, TargetGroup: targetGroupDimension(request.targetGroupArn) })
      }
      for (const dimensions of places) {
        count('RequestCount', dimensions)
        count(`HTTPCode_Target_${family}_Count`, dimensions)
        if (request.responseTime !== undefined) {
          times.push({ dimensions, value: request.responseTime })
        }
      }
    },

    /** Hands over the period that began at `at`. */
    flush(at: number, hosts: readonly HostCount[]) {
      for (const { metric, dimensions, value } of counts.values()) {
        record(NAMESPACE, metric, dimensions, value, at)
      }
      for (const { dimensions, value } of times) {
        record(NAMESPACE, 'TargetResponseTime', dimensions, value, at)
      }
      for (const { loadBalancerArn, targetGroupArn, healthy, unhealthy } of hosts) {
        const dimensions = {
          LoadBalancer: loadBalancerDimension(loadBalancerArn),
          TargetGroup: targetGroupDimension(targetGroupArn),
        }
        record(NAMESPACE, 'HealthyHostCount', dimensions, healthy, at)
        record(NAMESPACE, 'UnHealthyHostCount', dimensions, unhealthy, at)
      }
      counts = new Map()
      times = []
    },
  }
}

export type LoadBalancerMetrics = ReturnType<typeof createLoadBalancerMetrics>
