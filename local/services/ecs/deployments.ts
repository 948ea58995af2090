import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { newDeploymentId } from './arns.ts'
import { deploymentStateChange, type EcsEvent } from './events.ts'
import type { EcsDeployment, EcsService } from './state.ts'

/** Makes the definition what the service is meant to run; the former deployments become ACTIVE and are replaced. */
export function startDeployment(
  service: EcsService,
  definition: TaskDefinition,
  publish: (event: EcsEvent) => void,
): EcsDeployment {
  const now = new Date()
  const id = newDeploymentId()
  const deployment: EcsDeployment = {
    id,
    status: 'PRIMARY',
    definition,
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
    failuresInARow: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
  }
  for (const former of service.deployments) former.status = 'ACTIVE'
  service.deployments = [deployment, ...service.deployments]
  service.startsAfter = 0
  service.steady = false
  publish(
    deploymentStateChange(
      service,
      deployment,
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      deployment.rolloutStateReason,
    ),
  )
  return deployment
}
