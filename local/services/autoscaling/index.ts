import * as schemas from '@aws-sdk/client-application-auto-scaling'
import type { Service } from '../../wire/service.ts'
import type { Ecs } from '../ecs/index.ts'
import { authorization } from './authorization.ts'
import { activeService, operations } from './operations.ts'
import type { ScalableTargets } from './state.ts'

/** Application Auto Scaling of ECS services: the bounds of their desired counts. It has no policies of its own. */
export interface Autoscaling extends Service {
  readonly targets: ScalableTargets
  /**
   * Changes the desired count of a scalable target, as the alarm of one of its policies would: tasks more, or less than
   * nothing. A service outside of its bounds is brought inside by what leads there, and left alone by what leads away.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
   */
  alarm(resourceId: string, adjustment: number): void
}

export function createAutoscaling(ecs: Pick<Ecs, 'state' | 'scale'>): Autoscaling {
  const targets: ScalableTargets = new Map()
  return {
    name: 'autoscaling',
    schemas,
    authorization,
    operations: operations(targets, ecs),
    supports: {
      DescribeScalableTargets: [
        'ServiceNamespace',
        'ResourceIds',
        'ScalableDimension',
        'MaxResults',
        'NextToken',
      ],
      RegisterScalableTarget: [
        'ServiceNamespace',
        'ResourceId',
        'ScalableDimension',
        'MinCapacity',
        'MaxCapacity',
      ],
    },
    targets,
    alarm(resourceId, adjustment) {
      const target = targets.get(resourceId)
      if (!target) throw new Error(`${resourceId} is no scalable target`)
      const service = activeService(ecs, resourceId)
      const { desiredCount } = service
      const wanted =
        adjustment > 0
          ? Math.min(target.maximum, Math.max(target.minimum, desiredCount) + adjustment)
          : Math.max(target.minimum, Math.min(target.maximum, desiredCount) + adjustment)
      // More never means fewer, nor the reverse: a count beyond a bound waits for the other alarm.
      const leadsThere = adjustment > 0 ? wanted > desiredCount : wanted < desiredCount
      if (leadsThere) ecs.scale(service, wanted)
    },
  }
}
