import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../../wire/service.ts'
import { serviceArn, shortName } from '../arns.ts'
import { checkDeployment, checkDesiredCount, checkKind, checkLoadBalancers } from '../checks.ts'
import { startDeployment } from '../deployments.ts'
import type { EcsEvent } from '../events.ts'
import {
  clusterName,
  findService,
  requireActiveTaskDefinition,
  requireCluster,
  requireService,
} from '../lookup.ts'
import { page } from '../pages.ts'
import type { Scheduler } from '../scheduler.ts'
import { type EcsService, type EcsState, serviceKeyOf } from '../state.ts'
import type { TargetRegistry } from '../target-registry.ts'
import { viewService } from '../views.ts'

export interface ServiceOperationDependencies {
  readonly state: EcsState
  readonly scheduler: Scheduler
  readonly targets: TargetRegistry
  readonly publish: (event: EcsEvent) => void
}

export const serviceOperations = (deps: ServiceOperationDependencies) => ({
  CreateService(input: CreateServiceRequest): CreateServiceResponse {
    const { state, scheduler, targets, publish } = deps
    const cluster = requireCluster(state, input.cluster)
    const definition = requireActiveTaskDefinition(state, input.taskDefinition)
    const name = input.serviceName ?? ''
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) {
      throw new AwsError('InvalidParameterException', `Invalid serviceName "${name}".`)
    }
    if (findService(state, cluster.name, name)?.status === 'ACTIVE') {
      throw new AwsError('InvalidParameterException', 'Creation of service was not idempotent.')
    }
    checkKind(input)
    checkDesiredCount(input.desiredCount)
    checkLoadBalancers(input.loadBalancers, definition, targets)
    const service: EcsService = {
      name,
      cluster: cluster.name,
      createdAt: new Date(),
      status: 'ACTIVE',
      desiredCount: input.desiredCount ?? 0,
      loadBalancers: input.loadBalancers ?? [],
      deploymentConfiguration: checkDeployment(input.deploymentConfiguration),
      ...(input.networkConfiguration && { networkConfiguration: input.networkConfiguration }),
      healthCheckGracePeriod: input.healthCheckGracePeriodSeconds ?? 0,
      tags: input.tags ?? [],
      deployments: [],
      events: [],
      startsAfter: 0,
      steady: false,
    }
    state.services.set(serviceKeyOf(service), service)
    startDeployment(service, definition, publish)
    scheduler.reconcile(service)
    return { service: viewService(state, service) }
  },

  UpdateService(input: UpdateServiceRequest): UpdateServiceResponse {
    const { state, scheduler, publish } = deps
    const service = requireService(state, input.cluster, input.service)
    const definition =
      input.taskDefinition === undefined
        ? service.deployments[0]?.definition
        : requireActiveTaskDefinition(state, input.taskDefinition)
    checkDesiredCount(input.desiredCount)
    const configuration = checkDeployment(input.deploymentConfiguration)
    // Only now that nothing is wrong with the request, the service changes.
    if (input.deploymentConfiguration) {
      service.deploymentConfiguration = { ...service.deploymentConfiguration, ...configuration }
    }
    if (input.networkConfiguration) service.networkConfiguration = input.networkConfiguration
    service.healthCheckGracePeriod =
      input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriod
    service.desiredCount = input.desiredCount ?? service.desiredCount
    const another =
      definition?.taskDefinitionArn !== service.deployments[0]?.definition.taskDefinitionArn
    // The desired count alone never starts a deployment.
    if (definition && (another || input.forceNewDeployment || input.networkConfiguration)) {
      startDeployment(service, definition, publish)
    }
    scheduler.reconcile(service)
    return { service: viewService(state, service) }
  },

  DescribeServices(input: DescribeServicesRequest): DescribeServicesResponse {
    const { state } = deps
    const cluster = requireCluster(state, input.cluster)
    const given = input.services ?? []
    if (given.length === 0 || given.length > 10) {
      throw new AwsError('InvalidParameterException', 'Services must have 1 to 10 members.')
    }
    const found = given.map((name) => ({ name, service: findService(state, input.cluster, name) }))
    return {
      services: found.flatMap(({ service }) => (service ? [viewService(state, service)] : [])),
      failures: found.flatMap(({ name, service }) =>
        service ? [] : [{ arn: serviceArn(cluster.name, shortName(name)), reason: 'MISSING' }],
      ),
    }
  },

  ListServices(input: ListServicesRequest): ListServicesResponse {
    const { state } = deps
    requireCluster(state, input.cluster)
    const arns = [...state.services.values()]
      .filter((service) => service.cluster === clusterName(input.cluster))
      .filter((service) => service.status !== 'INACTIVE')
      .map((service) => serviceArn(service.cluster, service.name))
    const { items, nextToken } = page(arns, { ...input, maxResults: input.maxResults ?? 10 })
    return { serviceArns: items, ...(nextToken && { nextToken }) }
  },

  DeleteService(input: DeleteServiceRequest): DeleteServiceResponse {
    const { state, scheduler } = deps
    const service = requireService(state, input.cluster, input.service)
    if (service.desiredCount > 0 && !input.force) {
      throw new AwsError(
        'InvalidParameterException',
        'The service cannot be stopped while it is scaled above 0: set the desired count to 0, or use force.',
      )
    }
    service.desiredCount = 0
    service.status = 'DRAINING'
    scheduler.reconcile(service)
    return { service: viewService(state, service) }
  },
})
