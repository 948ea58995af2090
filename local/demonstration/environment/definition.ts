import type { BySlot } from './environment.ts'

const METRIC = {
  namespace: 'AWS/ApplicationELB',
  // Literally so: Sluice puts the candidate's own in their place.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the definition's placeholders
  dimensions: { LoadBalancer: '${loadBalancer}', TargetGroup: '${targetGroup}' },
  statistic: 'Sum',
}

/**
 * A canary as a team would write it, but for the times: a demonstration cannot take an afternoon. Seconds stand
 * here where a real one says minutes.
 */
export function definitionOf(given: {
  readonly canary: string
  readonly cluster: string
  readonly services: BySlot<string>
  readonly targetGroups: BySlot<string>
  readonly loadBalancers: BySlot<string>
  readonly router: object
  readonly readyTimeout: string
}): object {
  const { canary, cluster, services, targetGroups, loadBalancers, router, readyTimeout } = given
  const slot = (name: 'blue' | 'green') => ({
    cluster,
    service: services[name],
    targetGroup: targetGroups[name],
    loadBalancer: loadBalancers[name],
  })
  return {
    canary,
    live: 'blue',
    slots: { blue: slot('blue'), green: slot('green') },
    router,
    plan: [
      { weight: 10, bake: '3s' },
      { weight: 50, bake: '2s' },
      { weight: 100, bake: '2s' },
    ],
    interval: '1s',
    checks: [
      { type: 'ecs', name: 'ecs' },
      { type: 'targets', name: 'targets' },
      {
        type: 'metric',
        name: 'error-rate',
        source: { ...METRIC, metric: 'HTTPCode_Target_5XX_Count' },
        per: { ...METRIC, metric: 'RequestCount' },
        above: 0.02,
        period: '1s',
        window: '5s',
        minimumSample: 20,
      },
    ],
    ready: { timeout: readyTimeout },
    capacity: { policy: 'wait', deadline: '30s' },
    maxExtension: '30s',
    holdTimeout: '5s',
    onInconclusive: 'fail-back',
  }
}
