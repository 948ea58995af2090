import type {
  DeregisterScalableTargetRequest,
  DeregisterScalableTargetResponse,
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
} from '@aws-sdk/client-application-auto-scaling'
import { ACCOUNT } from '../../account.ts'
import { pageOf } from '../../wire/page.ts'
import { AwsError } from '../../wire/service.ts'
import type { Ecs } from '../ecs/index.ts'
import type { EcsService } from '../ecs/state.ts'
import {
  DIMENSION,
  NAMESPACE,
  type ScalableTarget,
  type ScalableTargets,
  scalableTargetArn,
  serviceOf,
} from './state.ts'

const invalid = (message: string) => new AwsError('ValidationException', message)

export const operations = (targets: ScalableTargets, ecs: Pick<Ecs, 'state' | 'scale'>) => ({
  DescribeScalableTargets(input: DescribeScalableTargetsRequest): DescribeScalableTargetsResponse {
    checkKind(input.ServiceNamespace, input.ScalableDimension ?? DIMENSION)
    const asked = input.ResourceIds
    const found = [...targets.values()].filter(
      ({ resourceId }) => asked === undefined || asked.includes(resourceId),
    )
    const { items, next } = pageOf(found, ({ resourceId }) => resourceId, {
      marker: input.NextToken,
      size: input.MaxResults ?? 50,
      badMarker: 'InvalidNextTokenException',
    })
    return {
      ScalableTargets: items.map(viewOf),
      ...(next === undefined ? {} : { NextToken: next }),
    }
  },

  RegisterScalableTarget(input: RegisterScalableTargetRequest): RegisterScalableTargetResponse {
    checkKind(input.ServiceNamespace, input.ScalableDimension)
    const resourceId = input.ResourceId ?? ''
    const service = activeService(ecs, resourceId)
    const before = targets.get(resourceId)
    const minimum = input.MinCapacity ?? before?.minimum
    const maximum = input.MaxCapacity ?? before?.maximum
    if (minimum === undefined || maximum === undefined) {
      throw invalid('MinCapacity and MaxCapacity must be given for a new scalable target.')
    }
    if (minimum < 0 || maximum < minimum) {
      throw invalid(
        `Minimum capacity must be 0 or more and at most the maximum capacity, not ${minimum} of ${maximum}.`,
      )
    }
    const target: ScalableTarget = before ?? {
      resourceId,
      arn: scalableTargetArn(resourceId),
      createdAt: new Date(),
      minimum,
      maximum,
    }
    Object.assign(target, { minimum, maximum })
    targets.set(resourceId, target)
    // Whichever of the two was named: what stands outside of them is brought inside, at once.
    const within = Math.min(maximum, Math.max(minimum, service.desiredCount))
    if (within !== service.desiredCount) ecs.scale(service, within)
    return { ScalableTargetARN: target.arn }
  },

  DeregisterScalableTarget(
    input: DeregisterScalableTargetRequest,
  ): DeregisterScalableTargetResponse {
    checkKind(input.ServiceNamespace, input.ScalableDimension)
    if (!targets.delete(input.ResourceId ?? '')) {
      throw new AwsError(
        'ObjectNotFoundException',
        `No scalable target found for resource ID: ${input.ResourceId}`,
      )
    }
    return {}
  },
})

function checkKind(namespace: string | undefined, dimension: string | undefined): void {
  if (namespace === NAMESPACE && dimension === DIMENSION) return
  throw invalid(
    `local AWS does not scale ${dimension} of ${namespace}: it has ${DIMENSION} of ${NAMESPACE}.`,
  )
}

export function activeService(ecs: Pick<Ecs, 'state'>, resourceId: string): EcsService {
  const ref = serviceOf(resourceId)
  const service = ref && ecs.state.services.get(`${ref.cluster}/${ref.service}`)
  if (service?.status === 'ACTIVE') return service
  throw invalid(`ECS service doesn't exist: ${resourceId}`)
}

const viewOf = ({ resourceId, arn, createdAt, minimum, maximum }: ScalableTarget) => ({
  ServiceNamespace: NAMESPACE,
  ScalableDimension: DIMENSION,
  ResourceId: resourceId,
  MinCapacity: minimum,
  MaxCapacity: maximum,
  RoleARN: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
  CreationTime: createdAt,
  ScalableTargetARN: arn,
  SuspendedState: {
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  },
})
