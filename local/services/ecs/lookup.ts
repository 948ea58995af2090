import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { AwsError } from '../../wire/service.ts'
import { shortName } from './arns.ts'
import type { EcsCluster, EcsService, EcsState, EcsTask } from './state.ts'

/** Operations that name no cluster mean the one called `default`. */
export const clusterName = (given: string | undefined) => shortName(given ?? 'default')

export function requireCluster(state: EcsState, given: string | undefined): EcsCluster {
  const cluster = state.clusters.get(clusterName(given))
  if (!cluster) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  return cluster
}

export function findService(state: EcsState, cluster: string | undefined, given: string) {
  return state.services.get(`${clusterName(cluster)}/${shortName(given)}`)
}

export function requireService(
  state: EcsState,
  cluster: string | undefined,
  given: string | undefined,
): EcsService {
  requireCluster(state, cluster)
  if (!given) throw new AwsError('InvalidParameterException', 'Service cannot be empty.')
  const service = findService(state, cluster, given)
  if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  if (service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
  }
  return service
}

export function findTask(state: EcsState, cluster: string, given: string): EcsTask | undefined {
  const id = shortName(given)
  return [...state.tasks.values()].find(
    (task) => task.cluster === cluster && shortName(task.arn) === id,
  )
}

/** What tasks can be run of. */
export function requireActiveTaskDefinition(
  state: EcsState,
  given: string | undefined,
): TaskDefinition {
  const found = requireTaskDefinition(state, given)
  if (found.status !== 'INACTIVE') return found
  throw new AwsError('ClientException', 'TaskDefinition is inactive')
}

/** By `family` (its latest active revision), `family:revision` or ARN. */
export function requireTaskDefinition(state: EcsState, given: string | undefined): TaskDefinition {
  const [family = '', revision] = shortName(given ?? '').split(':')
  const revisions = state.taskDefinitions.get(family) ?? []
  const found =
    revision === undefined
      ? revisions.findLast(({ status }) => status === 'ACTIVE')
      : revisions[Number(revision) - 1]
  if (!found) {
    throw new AwsError(
      'ClientException',
      `Unable to describe task definition "${given ?? ''}": register it first.`,
    )
  }
  return found
}
