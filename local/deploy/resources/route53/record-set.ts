import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { AwsError } from '../../../wire/service.ts'
import { Properties } from '../../properties.ts'
import { asShape } from '../api-input.ts'
import { type DeployServices, type ResourceType, StillStands } from '../resource-type.ts'

/**
 * AWS::Route53::RecordSet. Route 53 can only write a record whole, so an update of whatever property writes the
 * template's weight too. A record that was changed since does not match what the template says, and is left where
 * the stack goes, which CloudFormation does as well, without telling.
 */
export const recordSet: ResourceType = {
  async create({ properties, services }) {
    const { zone, record } = read(properties, services)
    await change(services, zone, 'CREATE', record)
    return { ref: record.Name ?? '', attributes: {} }
  },
  async update({ properties, services, before }) {
    const { zone, record } = read(properties, services)
    await change(services, zone, 'UPSERT', record)
    return before.made
  },
  replacedBy: ['HostedZoneId', 'Name', 'SetIdentifier', 'Type'],
  async delete({ services, standing }) {
    const { zone, record } = read(new Properties(standing.logicalId, standing.properties), services)
    try {
      await change(services, zone, 'DELETE', record)
    } catch (error) {
      const isAnother = error instanceof AwsError && error.code === 'InvalidChangeBatch'
      throw isAnother ? new StillStands(error.message, { cause: error }) : error
    }
  },
}

function read(properties: Properties, services: DeployServices) {
  const zone = properties.required<string>('HostedZoneId')
  const values = properties.optional<readonly string[]>('ResourceRecords')
  const alias = properties.optional<object>('AliasTarget')
  properties.withoutEffect('Comment')
  const given = {
    ...properties.others('HostedZoneId', 'ResourceRecords', 'AliasTarget', 'Comment'),
    ...(values ? { ResourceRecords: values.map((Value) => ({ Value })) } : {}),
    ...(alias ? { AliasTarget: { EvaluateTargetHealth: false, ...alias } } : {}),
  }
  const shape = services
    .inputShape('route53', 'ChangeResourceRecordSets')
    .getMemberSchema('ChangeBatch')
    .getMemberSchema('Changes')
    .getValueSchema()
    .getMemberSchema('ResourceRecordSet')
  return { zone, record: asShape(shape, given, `${properties.place} `) as ResourceRecordSet }
}

async function change(
  services: DeployServices,
  HostedZoneId: string,
  Action: 'CREATE' | 'UPSERT' | 'DELETE',
  ResourceRecordSet: ResourceRecordSet,
): Promise<void> {
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] }
  await services.call('route53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch })
}
