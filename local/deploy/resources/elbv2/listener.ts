import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2'
import { apiInput } from '../api-input.ts'
import type { ResourceType } from '../resource-type.ts'

/** AWS::ElasticLoadBalancingV2::Listener. An update writes all of it, its default actions with their weights too. */
export const listener: ResourceType = {
  async create(creation) {
    const input = apiInput(creation, ['elbv2', 'CreateListener'])
    const { Listeners } = await creation.services.call<{ Listeners: Listener[] }>(
      'elbv2',
      'CreateListener',
      input,
    )
    const arn = Listeners[0]?.ListenerArn ?? ''
    return { ref: arn, attributes: { ListenerArn: arn } }
  },
  async update(update) {
    const { properties, services, before } = update
    properties.withoutEffect('LoadBalancerArn', 'Tags')
    const but = ['LoadBalancerArn', 'Tags']
    const input = apiInput(update, ['elbv2', 'ModifyListener'], ...but)
    await services.call('elbv2', 'ModifyListener', { ListenerArn: before.made.ref, ...input })
    return before.made
  },
  replacedBy: ['LoadBalancerArn'],
  async delete({ services, standing }) {
    await services.call('elbv2', 'DeleteListener', { ListenerArn: standing.made.ref })
  },
}
