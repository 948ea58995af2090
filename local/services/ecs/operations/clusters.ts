import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs'
import { clusterArn, shortName } from '../arns.ts'
import { page } from '../pages.ts'
import type { EcsState } from '../state.ts'
import { viewCluster } from '../views.ts'

export const clusterOperations = (state: EcsState) => ({
  CreateCluster({
    clusterName = 'default',
    tags = [],
  }: CreateClusterRequest): CreateClusterResponse {
    // Creating a cluster that exists gives that one.
    const cluster = state.clusters.get(clusterName) ?? { name: clusterName, tags }
    state.clusters.set(clusterName, cluster)
    return { cluster: viewCluster(state, cluster) }
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
