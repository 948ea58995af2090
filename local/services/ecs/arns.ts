import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { arnOf } from '../../account.ts'

export const clusterArn = (cluster: string) => arnOf('ecs', `cluster/${cluster}`)
export const serviceArn = (cluster: string, service: string) =>
  arnOf('ecs', `service/${cluster}/${service}`)
export const taskDefinitionArn = (family: string, revision: number) =>
  arnOf('ecs', `task-definition/${family}:${revision}`)
export const newTaskArn = (cluster: string) =>
  arnOf('ecs', `task/${cluster}/${randomBytes(16).toString('hex')}`)
export const newContainerArn = (taskArn: string) =>
  `${taskArn.replace(':task/', ':container/')}/${randomUUID()}`

/** What tasks carry as `startedBy`: a deployment of a service. */
export const newDeploymentId = () =>
  `ecs-svc/${randomInt(1e8, 1e9)}${String(randomInt(0, 1e10)).padStart(10, '0')}`

/** Names and ARNs are both accepted wherever ECS takes either. */
export const shortName = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
