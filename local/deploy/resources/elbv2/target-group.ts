import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import { apiInput } from '../api-input.ts'
import { type Creation, type Made, PartlyMade, type ResourceType } from '../resource-type.ts'
import { shortName } from '../short-name.ts'
import { type Attribute, changedAttributes } from './attributes.ts'
import { LONGEST_NAME } from './load-balancer.ts'

const IDENTITY = ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId']

/** AWS::ElasticLoadBalancingV2::TargetGroup. Its targets are registered by ECS. */
export const targetGroup: ResourceType = {
  async create(creation) {
    const attributes = attributesOf(creation)
    const input = apiInput(creation, ['elbv2', 'CreateTargetGroup'], 'TargetGroupAttributes')
    const { TargetGroups } = await creation.services.call<{ TargetGroups: TargetGroup[] }>(
      'elbv2',
      'CreateTargetGroup',
      { Name: shortName(creation.defaultName, LONGEST_NAME), ...input },
    )
    const made = madeOf(TargetGroups[0] ?? {})
    try {
      await writeAttributes(creation, made.ref, attributes)
    } catch (error) {
      throw new PartlyMade(made, error as Error)
    }
    return made
  },
  async update(update) {
    const { services, before, changed } = update
    const TargetGroupArn = before.made.ref
    const attributes = attributesOf(update)
    update.properties.withoutEffect(...IDENTITY, 'Tags')
    const healthCheck = apiInput(
      update,
      ['elbv2', 'ModifyTargetGroup'],
      'TargetGroupAttributes',
      'Tags',
      ...IDENTITY,
    )
    if ([...changed].some((name) => name !== 'TargetGroupAttributes' && name !== 'Tags')) {
      await services.call('elbv2', 'ModifyTargetGroup', { TargetGroupArn, ...healthCheck })
    }
    const former = (before.properties.TargetGroupAttributes ?? []) as Attribute[]
    await writeAttributes(update, TargetGroupArn, changedAttributes(attributes, former))
    return before.made
  },
  replacedBy: IDENTITY,
  async delete({ services, standing }) {
    await services.call('elbv2', 'DeleteTargetGroup', { TargetGroupArn: standing.made.ref })
  },
}

const attributesOf = ({ properties }: Creation): readonly Attribute[] =>
  properties.optional<Attribute[]>('TargetGroupAttributes') ?? []

async function writeAttributes(
  { services }: Creation,
  TargetGroupArn: string,
  Attributes: readonly Attribute[],
): Promise<void> {
  if (Attributes.length === 0) return
  await services.call('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes })
}

function madeOf(group: TargetGroup): Made {
  const arn = group.TargetGroupArn ?? ''
  return {
    ref: arn,
    attributes: {
      TargetGroupArn: arn,
      TargetGroupName: group.TargetGroupName,
      TargetGroupFullName: arn.replace(/^.*:targetgroup\//, 'targetgroup/'),
      LoadBalancerArns: [],
    },
  }
}
