import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { apiInput } from '../api-input.ts'
import { type Creation, type Made, PartlyMade, type ResourceType } from '../resource-type.ts'
import { shortName } from '../short-name.ts'
import { type Attribute, changedAttributes } from './attributes.ts'

/** Longest name that Elastic Load Balancing takes. */
export const LONGEST_NAME = 32

/** AWS::ElasticLoadBalancingV2::LoadBalancer */
export const loadBalancer: ResourceType = {
  async create(creation) {
    const { input, attributes } = read(creation)
    const { LoadBalancers } = await creation.services.call<{ LoadBalancers: LoadBalancer[] }>(
      'elbv2',
      'CreateLoadBalancer',
      { Name: shortName(creation.defaultName, LONGEST_NAME), ...input },
    )
    const made = madeOf(LoadBalancers[0] ?? {})
    try {
      await writeAttributes(creation, made.ref, attributes)
    } catch (error) {
      throw new PartlyMade(made, error as Error)
    }
    return made
  },
  async update(update) {
    const { attributes } = read(update)
    const former = (update.before.properties.LoadBalancerAttributes ?? []) as Attribute[]
    if (update.changed.has('LoadBalancerAttributes')) {
      const { ref } = update.before.made
      await writeAttributes(update, ref, changedAttributes(attributes, former))
    }
    return update.before.made
  },
  // Subnets and security groups change in place, and mean nothing on one machine.
  replacedBy: ['Name', 'Scheme', 'Type'],
  async delete({ services, standing }) {
    const LoadBalancerArn = standing.made.ref
    await services.call('elbv2', 'DeleteLoadBalancer', { LoadBalancerArn })
  },
}

function read(creation: Creation) {
  const { properties } = creation
  const attributes = properties.optional<Attribute[]>('LoadBalancerAttributes') ?? []
  const input = apiInput(creation, ['elbv2', 'CreateLoadBalancer'], 'LoadBalancerAttributes')
  properties.end()
  return { input, attributes }
}

async function writeAttributes(
  { services }: Creation,
  LoadBalancerArn: string,
  Attributes: readonly Attribute[],
): Promise<void> {
  if (Attributes.length === 0) return
  await services.call('elbv2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes })
}

function madeOf(one: LoadBalancer): Made {
  const arn = one.LoadBalancerArn ?? ''
  return {
    ref: arn,
    attributes: {
      LoadBalancerArn: arn,
      LoadBalancerName: one.LoadBalancerName,
      LoadBalancerFullName: arn.replace(/^.*:loadbalancer\//, ''),
      DNSName: one.DNSName,
      CanonicalHostedZoneID: one.CanonicalHostedZoneId,
    },
  }
}
