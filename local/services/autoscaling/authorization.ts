import type {
  DeregisterScalableTargetRequest,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling'
import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll, type Requirement } from '../../wire/authorization.ts'
import { scalableTargetArn, serviceOf } from './state.ts'

/** Whoever registers a service must be allowed to change it: Application Auto Scaling tries that as the caller. */
const onService = (resourceId: string): readonly Requirement[] => {
  const { cluster = '', service = '' } = serviceOf(resourceId) ?? {}
  const arn = arnOf('ecs', `service/${cluster}/${service}`)
  const within = { 'ecs:cluster': arnOf('ecs', `cluster/${cluster}`) }
  return [...on('ecs:DescribeServices', arn, within), ...on('ecs:UpdateService', arn, within)]
}

const onTarget = (
  action: string,
  input: RegisterScalableTargetRequest | DeregisterScalableTargetRequest,
): readonly Requirement[] =>
  on(`application-autoscaling:${action}`, scalableTargetArn(input.ResourceId ?? ''), {
    'application-autoscaling:service-namespace': input.ServiceNamespace ?? '',
    'application-autoscaling:scalable-dimension': input.ScalableDimension ?? '',
  })

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
 */
export const authorization: Authorization = {
  DescribeScalableTargets: () => onAll('application-autoscaling:DescribeScalableTargets'),
  RegisterScalableTarget: (input: RegisterScalableTargetRequest) => [
    ...onTarget('RegisterScalableTarget', input),
    ...onService(input.ResourceId ?? ''),
  ],
  DeregisterScalableTarget: (input: DeregisterScalableTargetRequest) =>
    onTarget('DeregisterScalableTarget', input),
}
