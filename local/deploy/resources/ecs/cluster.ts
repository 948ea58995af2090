import { clusterArn } from '../../../services/ecs/arns.ts'
import { apiInput } from '../api-input.ts'
import type { Creation, ResourceType } from '../resource-type.ts'

/** AWS::ECS::Cluster */
export const cluster: ResourceType = {
  async create(creation) {
    const clusterName = creation.properties.optional<string>('ClusterName') ?? creation.defaultName
    await creation.services.call('ecs', 'CreateCluster', { ...read(creation), clusterName })
    return { ref: clusterName, attributes: { Arn: clusterArn(clusterName) } }
  },
  async update(update) {
    const { tags: _, ...input } = read(update)
    const given = { ...input, cluster: update.before.made.ref }
    await update.services.call('ecs', 'UpdateCluster', given)
    return update.before.made
  },
  replacedBy: ['ClusterName'],
  async delete({ services, standing }) {
    await services.call('ecs', 'DeleteCluster', { cluster: standing.made.ref })
  },
}

function read(creation: Creation): Readonly<Record<string, unknown>> {
  const { properties } = creation
  const settings = properties.list('ClusterSettings').map((setting) => {
    const read = { name: setting.required('Name'), value: setting.required('Value') }
    setting.end()
    return read
  })
  // Who has the capacity is nothing that one machine tells apart.
  const but = ['ClusterName', 'ClusterSettings', 'CapacityProviders']
  properties.withoutEffect('ClusterName', 'CapacityProviders')
  const input = apiInput(creation, ['ecs', 'CreateCluster'], ...but)
  return { ...input, ...(settings.length > 0 ? { settings } : {}) }
}
