import type { Cluster, Deployment, Service, Task } from '@aws-sdk/client-ecs'
import { clusterArn, serviceArn } from './arns.ts'
import {
  type EcsCluster,
  type EcsDeployment,
  type EcsService,
  type EcsState,
  type EcsTask,
  isPending,
  isRunning,
  tasksOf,
} from './state.ts'

/** A task as DescribeTasks shows it; its events carry the same. */
export function viewTask(task: EcsTask): Task {
  const { definition, address } = task
  const running = address !== undefined && task.lastStatus !== 'STOPPED'
  return {
    attachments: [
      {
        id: task.attachmentId,
        type: 'eni',
        status: running ? 'ATTACHED' : task.lastStatus === 'STOPPED' ? 'DELETED' : 'PRECREATED',
        details: address
          ? [
              { name: 'privateDnsName', value: 'localhost' },
              { name: 'privateIPv4Address', value: address.host },
            ]
          : [],
      },
    ],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }],
    availabilityZone: task.availabilityZone,
    clusterArn: clusterArn(task.cluster),
    connectivity: running ? 'CONNECTED' : 'DISCONNECTED',
    containers: task.containers.map((container) => ({
      containerArn: container.arn,
      taskArn: task.arn,
      name: container.name,
      ...(container.image !== undefined && { image: container.image }),
      runtimeId: container.runtimeId,
      lastStatus: container.lastStatus,
      ...(container.exitCode !== undefined && { exitCode: container.exitCode }),
      ...(container.reason !== undefined && { reason: container.reason }),
      networkInterfaces: address
        ? [{ attachmentId: task.attachmentId, privateIpv4Address: address.host }]
        : [],
      healthStatus: 'UNKNOWN',
      cpu: '0',
    })),
    cpu: definition.cpu ?? '256',
    createdAt: task.createdAt,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    group: `service:${task.service}`,
    healthStatus: task.health,
    lastStatus: task.lastStatus,
    launchType: 'FARGATE',
    memory: definition.memory ?? '512',
    overrides: {
      containerOverrides: task.containers.map(({ name }) => ({ name })),
      inferenceAcceleratorOverrides: [],
    },
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...dates(task),
    startedBy: task.deployment,
    ...(task.stopCode && { stopCode: task.stopCode }),
    ...(task.stoppedReason && { stoppedReason: task.stoppedReason }),
    tags: [],
    taskArn: task.arn,
    taskDefinitionArn: definition.taskDefinitionArn,
    version: task.version,
  }
}

function dates(task: EcsTask) {
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } =
    task
  return {
    ...(pullStartedAt && { pullStartedAt }),
    ...(pullStoppedAt && { pullStoppedAt }),
    ...(startedAt && { startedAt }),
    ...(stoppingAt && { stoppingAt }),
    ...(executionStoppedAt && { executionStoppedAt }),
    ...(stoppedAt && { stoppedAt }),
  }
}

function viewDeployment(state: EcsState, service: EcsService, deployment: EcsDeployment) {
  const tasks = tasksOf(state, service).filter((task) => task.deployment === deployment.id)
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.taskDefinitionArn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    pendingCount: tasks.filter(isPending).length,
    runningCount: tasks.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...(service.networkConfiguration && { networkConfiguration: service.networkConfiguration }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  } satisfies Deployment
}

export function viewService(state: EcsState, service: EcsService): Service {
  const tasks = tasksOf(state, service)
  return {
    serviceArn: serviceArn(service.cluster, service.name),
    serviceName: service.name,
    clusterArn: clusterArn(service.cluster),
    loadBalancers: [...service.loadBalancers],
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: service.deployments[0]?.definition.taskDefinitionArn,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: service.deployments.map((each) => viewDeployment(state, service, each)),
    events: [...service.events],
    createdAt: service.createdAt,
    placementConstraints: [],
    placementStrategy: [],
    ...(service.networkConfiguration && { networkConfiguration: service.networkConfiguration }),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriod,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
  }
}

export function viewCluster(state: EcsState, cluster: EcsCluster): Cluster {
  const here = [...state.tasks.values()].filter((task) => task.cluster === cluster.name)
  const services = [...state.services.values()].filter(
    (service) => service.cluster === cluster.name && service.status === 'ACTIVE',
  )
  return {
    clusterArn: clusterArn(cluster.name),
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: here.filter(isRunning).length,
    pendingTasksCount: here.filter(isPending).length,
    activeServicesCount: services.length,
    statistics: [],
    tags: [...cluster.tags],
    settings: [...cluster.settings],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  }
}
