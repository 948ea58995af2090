import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../../wire/service.ts'
import { clusterArn, shortName } from '../arns.ts'
import { requireCluster } from '../lookup.ts'
import { page } from '../pages.ts'
import { type EcsState, serviceKeyOf } from '../state.ts'
import { viewCluster } from '../views.ts'

export const clusterOperations = (state: EcsState) => ({
  CreateCluster({
    clusterName = 'default',
    tags = [],
    settings = [],
  }: CreateClusterRequest): CreateClusterResponse {
    // Creating a cluster that exists gives that one.
    const cluster = state.clusters.get(clusterName) ?? { name: clusterName, settings, tags }
    state.clusters.set(clusterName, cluster)
    return { cluster: viewCluster(state, cluster) }
  },

  UpdateCluster(input: UpdateClusterRequest): UpdateClusterResponse {
    const before = requireCluster(state, input.cluster)
    const cluster = { ...before, settings: input.settings ?? before.settings }
    state.clusters.set(cluster.name, cluster)
    return { cluster: viewCluster(state, cluster) }
  },

  DeleteCluster(input: DeleteClusterRequest): DeleteClusterResponse {
    const cluster = requireCluster(state, input.cluster)
    const services = [...state.services.values()].filter((one) => one.cluster === cluster.name)
    if (services.some(({ status }) => status !== 'INACTIVE')) {
      throw new AwsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      )
    }
    state.clusters.delete(cluster.name)
    for (const service of services) state.services.delete(serviceKeyOf(service))
    return { cluster: { ...viewCluster(state, cluster), status: 'INACTIVE' } }
  },

  DescribeClusters({ clusters = ['default'] }: DescribeClustersRequest): DescribeClustersResponse {
    const found = clusters.map((given) => ({
      given,
      cluster: state.clusters.get(shortName(given)),
    }))
    return {
      clusters: found.flatMap(({ cluster }) => (cluster ? [viewCluster(state, cluster)] : [])),
      failures: found.flatMap(({ given, cluster }) =>
        cluster ? [] : [{ arn: clusterArn(shortName(given)), reason: 'MISSING' }],
      ),
    }
  },

  ListClusters(input: ListClustersRequest): ListClustersResponse {
    const { items, nextToken } = page([...state.clusters.keys()].map(clusterArn), input)
    return { clusterArns: items, ...(nextToken && { nextToken }) }
  },
})
