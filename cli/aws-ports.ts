import type { Revisions, Stacks } from '../core/operator-ports.ts'
import type { Reach, Reaching } from '../core/ports.ts'
import { type Container, once } from './container.ts'

/** What commands that write and look ahead need of a canary's own resources. */
export type CallersReach = Pick<
  Reach,
  'services' | 'autoscaling' | 'targetGroups' | 'alarms' | 'routerOf'
>

/**
 * A canary's resources, as the caller and not as the canary's role: a person sees and changes what that person may. The
 * clients are loaded at the first call.
 */
export async function callersReach({
  aws,
}: Pick<Container, 'aws'>): Promise<Reaching<keyof CallersReach>['reachOf']> {
  const [
    { ECSClient },
    { ElasticLoadBalancingV2Client },
    { Route53Client },
    { CloudWatchClient },
    { ApplicationAutoScalingClient },
    { createEcsServices },
    { createAlbTargetGroups },
    { createRouterOf },
    { createCloudWatchAlarms },
    { createApplicationAutoscaling },
  ] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    import('@aws-sdk/client-route-53'),
    import('@aws-sdk/client-cloudwatch'),
    import('@aws-sdk/client-application-auto-scaling'),
    import('../adapters/ecs-services.ts'),
    import('../adapters/alb-target-groups.ts'),
    import('../adapters/routers.ts'),
    import('../adapters/cloudwatch-alarms.ts'),
    import('../adapters/application-autoscaling.ts'),
  ])
  const elbv2 = new ElasticLoadBalancingV2Client(aws)
  const reach: CallersReach = {
    services: createEcsServices(new ECSClient(aws)),
    autoscaling: createApplicationAutoscaling(new ApplicationAutoScalingClient(aws)),
    targetGroups: createAlbTargetGroups(elbv2),
    alarms: createCloudWatchAlarms(new CloudWatchClient(aws)),
    routerOf: createRouterOf({ elbv2, route53: new Route53Client(aws) }),
  }
  return () => reach
}

/** Asked only where a definition has an owner; its client is loaded then. */
export function lazyStacks({ aws }: Pick<Container, 'aws'>): Stacks {
  const made = once(async () => {
    const [{ CloudFormationClient }, { createCloudFormationStacks }] = await Promise.all([
      import('@aws-sdk/client-cloudformation'),
      import('../adapters/cloudformation-stacks.ts'),
    ])
    return createCloudFormationStacks(new CloudFormationClient(aws))
  })
  return { describe: async (stack) => (await made()).describe(stack) }
}

export async function revisionsOf({ aws }: Pick<Container, 'aws'>): Promise<Revisions> {
  const [{ ECSClient }, { createEcsRevisions }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('../adapters/ecs-revisions.ts'),
  ])
  return createEcsRevisions(new ECSClient(aws))
}
