import { randomUUID } from 'node:crypto'
import type { DelegationSet, HostedZone } from '@aws-sdk/client-route-53'
import type { Properties } from '../../properties.ts'
import type { ResourceType } from '../resource-type.ts'

/** AWS::Route53::HostedZone, a public one. */
export const hostedZone: ResourceType = {
  async create({ properties, services }) {
    const name = properties.required<string>('Name')
    const comment = commentOf(properties)
    const { HostedZone: zone, DelegationSet: delegation } = await services.call<{
      HostedZone: HostedZone
      DelegationSet: DelegationSet
    }>('route53', 'CreateHostedZone', {
      Name: name,
      // A reference can be used but once.
      CallerReference: randomUUID(),
      ...(comment === undefined ? {} : { HostedZoneConfig: { Comment: comment } }),
    })
    const id = (zone.Id ?? '').replace('/hostedzone/', '')
    return { ref: id, attributes: { Id: id, NameServers: delegation.NameServers } }
  },
  async update({ properties, services, before }) {
    properties.withoutEffect('Name')
    const Comment = commentOf(properties)
    const Id = before.made.ref
    await services.call('route53', 'UpdateHostedZoneComment', { Id, Comment })
    return before.made
  },
  replacedBy: ['Name'],
  async delete({ services, standing }) {
    await services.call('route53', 'DeleteHostedZone', { Id: standing.made.ref })
  },
}

function commentOf(properties: Properties): string | undefined {
  const config = properties.nested('HostedZoneConfig')
  const comment = config.optional<string>('Comment')
  config.end()
  properties.withoutEffect('HostedZoneTags')
  properties.end()
  return comment
}
