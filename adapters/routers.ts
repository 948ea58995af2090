import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Route53Client } from '@aws-sdk/client-route-53'
import type { RouterOf } from '../core/ports.ts'
import { createAlbRouter } from './alb-router.ts'
import { createRoute53Router } from './route53-router.ts'

export interface RouterClients {
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly route53: Route53Client
}

/** One adapter a router's type; a new type is a line here and a file beside it. */
export function createRouterOf({ elbv2, route53 }: RouterClients): RouterOf {
  return ({ router, slots }) => {
    switch (router.type) {
      case 'alb':
        return createAlbRouter(elbv2, router, slots)
      case 'route53':
        return createRoute53Router(route53, router, slots)
    }
  }
}
