import { randomUUID } from 'node:crypto'
import { clusterArn, serviceArn } from './arns.ts'
import type { EcsDeployment, EcsService, EcsTask } from './state.ts'
import { viewTask } from './views.ts'

/** An event as it is handed to the event bus. */
export interface EcsEvent {
  readonly source: 'aws.ecs'
  /** The same where it is delivered twice. */
  readonly id: string
  readonly detailType: string
  readonly time: Date
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

function event(
  detailType: string,
  resources: readonly string[],
  detail: Readonly<Record<string, unknown>>,
): EcsEvent {
  return { source: 'aws.ecs', id: randomUUID(), detailType, time: new Date(), resources, detail }
}

/** The task as it is now: the detail is a copy that later changes do not reach. */
export function taskStateChange(task: EcsTask): EcsEvent {
  // DescribeTasks shows two members that events do not have.
  const { healthStatus: _, tags: __, ...shown } = viewTask(task)
  const detail = JSON.parse(JSON.stringify(shown)) as Record<string, unknown>
  return event('ECS Task State Change', [task.arn], {
    ...detail,
    updatedAt: task.updatedAt.toISOString(),
  })
}

export type DeploymentEventName =
  | 'SERVICE_DEPLOYMENT_IN_PROGRESS'
  | 'SERVICE_DEPLOYMENT_COMPLETED'
  | 'SERVICE_DEPLOYMENT_FAILED'

export function deploymentStateChange(
  service: EcsService,
  deployment: EcsDeployment,
  eventName: DeploymentEventName,
  reason: string,
): EcsEvent {
  return event('ECS Deployment State Change', [serviceArn(service.cluster, service.name)], {
    eventType: eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO',
    eventName,
    deploymentId: deployment.id,
    updatedAt: deployment.updatedAt.toISOString(),
    reason,
  })
}

export function serviceAction(
  service: EcsService,
  eventName: 'SERVICE_STEADY_STATE' | 'SERVICE_TASK_START_IMPAIRED',
): EcsEvent {
  return event('ECS Service Action', [serviceArn(service.cluster, service.name)], {
    eventType: eventName === 'SERVICE_STEADY_STATE' ? 'INFO' : 'WARN',
    eventName,
    clusterArn: clusterArn(service.cluster),
    createdAt: new Date().toISOString(),
  })
}
