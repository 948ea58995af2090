import type {
  CreateHostedZoneRequest,
  DeleteHostedZoneRequest,
  GetHostedZoneRequest,
  HostedZone as HostedZoneShown,
  ListHostedZonesByNameRequest,
  ListHostedZonesRequest,
  UpdateHostedZoneCommentRequest,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import { recordChange } from './changes.ts'
import { canonical, compareNames, compareText } from './domain-name.ts'
import { type HostedZone, type Route53State, recordKey } from './state.ts'

const NAME_SERVERS = ['ns-1.local.sluice.', 'ns-2.local.sluice.']
const MAX_ITEMS = 100

const shown = (zone: HostedZone): HostedZoneShown => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.callerReference,
  Config: { PrivateZone: false, ...(zone.comment !== undefined && { Comment: zone.comment }) },
  ResourceRecordSetCount: zone.records.size,
})

/** Every zone begins with the two records that make it one. */
const firstRecords = (name: string): HostedZone['records'] => {
  const nameServers = {
    Name: name,
    Type: 'NS' as const,
    TTL: 172_800,
    ResourceRecords: NAME_SERVERS.map((Value) => ({ Value })),
  }
  const authority = {
    Name: name,
    Type: 'SOA' as const,
    TTL: 900,
    ResourceRecords: [{ Value: `${NAME_SERVERS[0]} hostmaster.${name} 1 7200 900 1209600 86400` }],
  }
  return new Map([nameServers, authority].map((record) => [recordKey(record), record]))
}

const NAME = /^([a-z0-9_-]{1,63}\.)+$/

export const createHostedZone =
  (state: Route53State, inSyncAfterMs: number) => (input: CreateHostedZoneRequest) => {
    const name = canonical(input.Name ?? '')
    if (!NAME.test(name)) {
      throw new AwsError('InvalidDomainName', `${input.Name} is not a valid domain name`)
    }
    const callerReference = input.CallerReference ?? ''
    if ([...state.zones.values()].some((zone) => zone.callerReference === callerReference)) {
      throw new AwsError(
        'HostedZoneAlreadyExists',
        `A hosted zone has already been created with the specified caller reference: ${callerReference}`,
        409,
      )
    }
    const zone: HostedZone = {
      id: state.nextId('Z'),
      name,
      callerReference,
      comment: input.HostedZoneConfig?.Comment,
      records: firstRecords(name),
    }
    state.zones.set(zone.id, zone)
    return {
      HostedZone: shown(zone),
      ChangeInfo: recordChange(state, inSyncAfterMs, undefined),
      DelegationSet: { NameServers: NAME_SERVERS },
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
    }
  }

const OF_EVERY_ZONE: readonly (string | undefined)[] = ['NS', 'SOA']

export const deleteHostedZone =
  (state: Route53State, inSyncAfterMs: number) => (input: DeleteHostedZoneRequest) => {
    const zone = state.zone(input.Id)
    const others = [...zone.records.values()].filter(
      ({ Name, Type }) => Name !== zone.name || !OF_EVERY_ZONE.includes(Type),
    )
    if (others.length > 0) {
      throw new AwsError(
        'HostedZoneNotEmpty',
        `The specified hosted zone contains non-required resource record sets and so cannot be deleted: ${others
          .map(({ Name, Type, SetIdentifier }) => [Name, Type, SetIdentifier].join(' ').trim())
          .join(', ')}`,
      )
    }
    state.zones.delete(zone.id)
    return { ChangeInfo: recordChange(state, inSyncAfterMs, undefined) }
  }

export const updateHostedZoneComment =
  (state: Route53State) => (input: UpdateHostedZoneCommentRequest) => {
    const zone = { ...state.zone(input.Id), comment: input.Comment }
    state.zones.set(zone.id, zone)
    return { HostedZone: shown(zone) }
  }

export const getHostedZone = (state: Route53State) => (input: GetHostedZoneRequest) => ({
  HostedZone: shown(state.zone(input.Id)),
  DelegationSet: { NameServers: NAME_SERVERS },
})

const sizeOf = (given: number | undefined): number => {
  const size = given ?? MAX_ITEMS
  if (Number.isInteger(size) && size >= 1) return Math.min(size, MAX_ITEMS)
  throw new AwsError('InvalidInput', `MaxItems is ${given}: give an integer from 1`)
}

export const listHostedZones = (state: Route53State) => (input: ListHostedZonesRequest) => {
  const all = [...state.zones.values()]
  const start = input.Marker === undefined ? 0 : all.findIndex((zone) => zone.id === input.Marker)
  if (start < 0) throw new AwsError('InvalidInput', `Marker ${input.Marker} is no hosted zone`)
  const size = sizeOf(input.MaxItems)
  const next = all[start + size]
  return {
    HostedZones: all.slice(start, start + size).map(shown),
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(input.Marker !== undefined && { Marker: input.Marker }),
    ...(next && { NextMarker: next.id }),
  }
}

export const listHostedZonesByName =
  (state: Route53State) => (input: ListHostedZonesByNameRequest) => {
    const from = input.DNSName === undefined ? undefined : canonical(input.DNSName)
    if (input.HostedZoneId !== undefined && from === undefined) {
      throw new AwsError('InvalidInput', 'HostedZoneId is given without DNSName: give both')
    }
    const all = [...state.zones.values()]
      .sort((a, b) => compareNames(a.name, b.name) || compareText(a.id, b.id))
      .filter((zone) => {
        const order = from === undefined ? 1 : compareNames(zone.name, from)
        return order > 0 || (order === 0 && compareText(zone.id, input.HostedZoneId ?? '') >= 0)
      })
    const size = sizeOf(input.MaxItems)
    const next = all[size]
    return {
      HostedZones: all.slice(0, size).map(shown),
      IsTruncated: next !== undefined,
      MaxItems: size,
      ...(input.DNSName !== undefined && { DNSName: input.DNSName }),
      ...(input.HostedZoneId !== undefined && { HostedZoneId: input.HostedZoneId }),
      ...(next && { NextDNSName: next.name, NextHostedZoneId: next.id }),
    }
  }
