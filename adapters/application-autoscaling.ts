import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { ProviderError } from '../core/errors.ts'
import { type ServiceRef, serviceKey } from '../core/model/slot.ts'
import type { Autoscaling } from '../core/ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'

/** What of a service is scaled; a service has one such scalable target, or none. */
const DIMENSION = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const

export function createApplicationAutoscaling(client: ApplicationAutoScalingClient): Autoscaling {
  return {
    async bounds(ref) {
      const command = new DescribeScalableTargetsCommand({
        ...DIMENSION,
        ResourceIds: [resourceId(ref)],
      })
      const { ScalableTargets: targets } = await refusedByName(
        'DescribeScalableTargets',
        serviceKey(ref),
        client.send(command),
      )
      const target = targets?.find(({ ResourceId: id }) => id === resourceId(ref))
      if (target?.MinCapacity === undefined || target.MaxCapacity === undefined) return undefined
      return { minimum: target.MinCapacity, maximum: target.MaxCapacity }
    },

    async setMinimum(ref, minimum) {
      // What is not named stays as it is: the maximum, and what is suspended.
      const command = new RegisterScalableTargetCommand({
        ...DIMENSION,
        ResourceId: resourceId(ref),
        MinCapacity: minimum,
      })
      await refusedByName(
        'RegisterScalableTarget',
        `minimum ${minimum} of ${serviceKey(ref)}`,
        client.send(command),
      )
    },
  }
}

function resourceId({ cluster, service }: ServiceRef): string {
  return `service/${cluster}/${service}`
}

/**
 * Application Auto Scaling asks ECS as the caller whether it may change the service, and tells of what is missing as a
 * ValidationException.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
 */
async function refusedByName<Output>(
  operation: string,
  asked: string,
  sent: Promise<Output>,
): Promise<Output> {
  const name = `Application Auto Scaling ${operation}`
  try {
    return await answered(name, asked, sent)
  } catch (error) {
    if (!isNamed(error, 'AccessDeniedException', 'ValidationException')) throw error
    throw new ProviderError(
      `${name} (${asked}) is refused: ${described(error)}; correct the scalable target, or allow application-autoscaling:${operation} to the canary's role`,
      { cause: error },
    )
  }
}
