import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { apiInput } from '../api-input.ts'
import type { ResourceType } from '../resource-type.ts'

/**
 * AWS::ElasticLoadBalancingV2::ListenerRule. An update writes conditions and actions whatever changed of the rule, so
 * the template's weights too. Whether CloudFormation leaves unchanged actions alone is said nowhere: the worse is assumed.
 */
export const listenerRule: ResourceType = {
  async create(creation) {
    const input = apiInput(creation, ['elbv2', 'CreateRule'])
    const { Rules } = await creation.services.call<{ Rules: Rule[] }>('elbv2', 'CreateRule', input)
    const arn = Rules[0]?.RuleArn ?? ''
    return { ref: arn, attributes: { RuleArn: arn, IsDefault: 'false' } }
  },
  async update(update) {
    const { properties, services, before, changed } = update
    const RuleArn = before.made.ref
    const Priority = Number(properties.required('Priority'))
    const but = ['ListenerArn', 'Priority', 'Tags']
    const input = apiInput(update, ['elbv2', 'ModifyRule'], ...but)
    if (changed.has('Priority')) {
      const RulePriorities = [{ RuleArn, Priority }]
      await services.call('elbv2', 'SetRulePriorities', { RulePriorities })
    }
    await services.call('elbv2', 'ModifyRule', { RuleArn, ...input })
    return before.made
  },
  replacedBy: ['ListenerArn'],
  async delete({ services, standing }) {
    await services.call('elbv2', 'DeleteRule', { RuleArn: standing.made.ref })
  },
}
