import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { apiInput } from '../api-input.ts'
import type { ResourceType } from '../resource-type.ts'

/** AWS::ECS::TaskDefinition: a revision of its family. Any change makes another one. */
export const taskDefinition: ResourceType = {
  async create(creation) {
    const input = { family: creation.defaultName, ...apiInput(creation, REGISTER) }
    const { taskDefinition: registered } = await creation.services.call<{
      taskDefinition: TaskDefinition
    }>('ecs', REGISTER[1], input)
    const arn = registered.taskDefinitionArn ?? ''
    return { ref: arn, attributes: { TaskDefinitionArn: arn } }
  },
  async delete({ services, standing }) {
    await services.call('ecs', 'DeregisterTaskDefinition', { taskDefinition: standing.made.ref })
  },
}

const REGISTER = ['ecs', 'RegisterTaskDefinition'] as const
