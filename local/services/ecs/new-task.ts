import { randomBytes, randomUUID } from 'node:crypto'
import { newContainerArn, newTaskArn } from './arns.ts'
import type { EcsContainer, EcsDeployment, EcsService, EcsTask } from './state.ts'

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c']

/** A task of a service's deployment, not begun yet. `number` spreads tasks over the zones. */
export function newTask(service: EcsService, deployment: EcsDeployment, number: number): EcsTask {
  const arn = newTaskArn(service.cluster)
  const container = (name: string, image?: string): EcsContainer => ({
    arn: newContainerArn(arn),
    name,
    ...(image !== undefined && { image }),
    runtimeId: `${randomBytes(16).toString('hex')}-${randomBytes(4).readUInt32BE()}`,
    lastStatus: 'PENDING',
  })
  const own = (deployment.definition.containerDefinitions ?? []).map(({ name = 'app', image }) =>
    container(name, image),
  )
  const now = new Date()
  return {
    arn,
    cluster: service.cluster,
    service: service.name,
    deployment: deployment.id,
    definition: deployment.definition,
    attachmentId: randomUUID(),
    availabilityZone: ZONES[number % ZONES.length] ?? 'us-east-1a',
    createdAt: now,
    updatedAt: now,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 0,
    // AWS injects agents of its own into tasks, and does not say which image they are made of.
    containers: [...own, container(`aws-guardduty-agent-${randomBytes(3).toString('hex')}`)],
    health: 'UNKNOWN',
  }
}
