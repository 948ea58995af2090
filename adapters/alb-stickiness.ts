import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Stickiness } from '../core/operator-ports.ts'
import { albPlaceOf } from './alb-place.ts'

/** Of a forward action; records of Route 53 have none. */
export function createAlbStickiness(elbv2: ElasticLoadBalancingV2Client): Stickiness {
  return {
    async of(router) {
      if (router.type !== 'alb') return undefined
      const actions = await albPlaceOf(elbv2, router).read()
      const config = actions.find(({ Type }) => Type === 'forward')?.ForwardConfig
      const stickiness = config?.TargetGroupStickinessConfig
      return stickiness?.Enabled ? (stickiness.DurationSeconds ?? 0) : undefined
    },
  }
}
