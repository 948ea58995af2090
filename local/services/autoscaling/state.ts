import { createHash } from 'node:crypto'
import { arnOf } from '../../account.ts'

/** The number that is scaled of an ECS service: the only kind of target here. */
export const NAMESPACE = 'ecs' as const
export const DIMENSION = 'ecs:service:DesiredCount' as const

export interface ScalableTarget {
  /** `service/<cluster>/<service>` */
  readonly resourceId: string
  readonly arn: string
  readonly createdAt: Date
  minimum: number
  maximum: number
}

/** By resource id. */
export type ScalableTargets = Map<string, ScalableTarget>

/** AWS makes ids up; here the same service has the same one, so that what it needs can be told before it is there. */
export const scalableTargetArn = (resourceId: string): string =>
  arnOf(
    'application-autoscaling',
    `scalable-target/${createHash('sha256').update(resourceId).digest('hex').slice(0, 36)}`,
  )

/** The cluster and the service of a resource id; undefined for what is none of a service. */
export function serviceOf(
  resourceId: string,
): { readonly cluster: string; readonly service: string } | undefined {
  const [, cluster, service] = /^service\/([\w-]+)\/([\w-]+)$/.exec(resourceId) ?? []
  return cluster === undefined || service === undefined ? undefined : { cluster, service }
}
