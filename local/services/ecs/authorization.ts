import type {
  CreateClusterRequest,
  CreateServiceRequest,
  DeleteClusterRequest,
  DeleteServiceRequest,
  DescribeClustersRequest,
  DescribeServicesRequest,
  DescribeTasksRequest,
  ListServicesRequest,
  ListTasksRequest,
  RegisterTaskDefinitionRequest,
  RunTaskRequest,
  StopTaskRequest,
  UpdateClusterRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { arnOf } from '../../account.ts'
import { type Authorization, on, onAll } from '../../wire/authorization.ts'
import { clusterArn, serviceArn, shortName } from './arns.ts'
import { clusterName } from './lookup.ts'

const service = (cluster: string | undefined, name: string | undefined): string =>
  serviceArn(clusterName(cluster), shortName(name ?? ''))

const task = (cluster: string | undefined, name: string | undefined): string =>
  arnOf('ecs', `task/${clusterName(cluster)}/${shortName(name ?? '')}`)

const within = (cluster: string | undefined) => ({
  'ecs:cluster': clusterArn(clusterName(cluster)),
})

const taskDefinition = (familyOrArn: string | undefined): string => {
  const name = shortName(familyOrArn ?? '')
  return arnOf('ecs', `task-definition/${name.includes(':') ? name : `${name}:*`}`)
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export const authorization: Authorization = {
  CreateCluster: ({ clusterName: name }: CreateClusterRequest) =>
    on('ecs:CreateCluster', clusterArn(clusterName(name))),
  UpdateCluster: ({ cluster }: UpdateClusterRequest) =>
    on('ecs:UpdateCluster', clusterArn(clusterName(cluster))),
  DeleteCluster: ({ cluster }: DeleteClusterRequest) =>
    on('ecs:DeleteCluster', clusterArn(clusterName(cluster))),
  DescribeClusters: ({ clusters = ['default'] }: DescribeClustersRequest) =>
    on(
      'ecs:DescribeClusters',
      clusters.map((one) => clusterArn(clusterName(one))),
    ),
  ListClusters: () => onAll('ecs:ListClusters'),
  CreateService: ({ cluster, serviceName }: CreateServiceRequest) =>
    on('ecs:CreateService', service(cluster, serviceName), within(cluster)),
  UpdateService: ({ cluster, service: name }: UpdateServiceRequest) =>
    on('ecs:UpdateService', service(cluster, name), within(cluster)),
  DescribeServices: ({ cluster, services = [] }: DescribeServicesRequest) =>
    on(
      'ecs:DescribeServices',
      services.map((one) => service(cluster, one)),
      within(cluster),
    ),
  ListServices: ({ cluster }: ListServicesRequest) => onAll('ecs:ListServices', within(cluster)),
  DeleteService: ({ cluster, service: name }: DeleteServiceRequest) =>
    on('ecs:DeleteService', service(cluster, name), within(cluster)),
  RegisterTaskDefinition: ({ family }: RegisterTaskDefinitionRequest) =>
    on('ecs:RegisterTaskDefinition', taskDefinition(family)),
  DeregisterTaskDefinition: () => onAll('ecs:DeregisterTaskDefinition'),
  DescribeTaskDefinition: () => onAll('ecs:DescribeTaskDefinition'),
  ListTaskDefinitions: () => onAll('ecs:ListTaskDefinitions'),
  // Its resource is a container instance, and no request here names one.
  ListTasks: ({ cluster }: ListTasksRequest) => onAll('ecs:ListTasks', within(cluster)),
  DescribeTasks: ({ cluster, tasks = [] }: DescribeTasksRequest) =>
    on(
      'ecs:DescribeTasks',
      tasks.map((one) => task(cluster, one)),
      within(cluster),
    ),
  StopTask: ({ cluster, task: one }: StopTaskRequest) =>
    on('ecs:StopTask', task(cluster, one), within(cluster)),
  RunTask: ({ cluster, taskDefinition: one }: RunTaskRequest) =>
    on('ecs:RunTask', taskDefinition(one), within(cluster)),
}
