import { startDeployment } from './deployments.ts'
import { deploymentStateChange, type EcsEvent } from './events.ts'
import { note } from './service-events.ts'
import type { EcsDeployment, EcsService } from './state.ts'

const FEWEST_FAILURES = 3
const MOST_FAILURES = 200

/**
 * Whether the service's circuit breaker ends a deployment: half as many tasks as are desired have failed, but at least 3
 * and at most 200. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function trips(service: EcsService, deployment: EcsDeployment): boolean {
  if (!service.deploymentConfiguration.deploymentCircuitBreaker?.enable) return false
  if (deployment.status !== 'PRIMARY' || deployment.rolloutState !== 'IN_PROGRESS') return false
  const half = Math.ceil(service.desiredCount / 2)
  const threshold = Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, half))
  return deployment.failedTasks >= threshold
}

/** Starts no more tasks of the deployment, and where the service asks for it goes back to the last that completed. */
export function endDeployment(
  service: EcsService,
  deployment: EcsDeployment,
  publish: (event: EcsEvent) => void,
): void {
  deployment.rolloutState = 'FAILED'
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.'
  deployment.updatedAt = new Date()
  const { rolloutStateReason: reason } = deployment
  publish(deploymentStateChange(service, deployment, 'SERVICE_DEPLOYMENT_FAILED', reason))
  note(service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`)
  if (!service.deploymentConfiguration.deploymentCircuitBreaker?.rollback) return
  const former = service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED')
  if (!former) return
  note(service, `rolling back to (deployment ${former.id}).`)
  startDeployment(service, former.definition, publish)
}
