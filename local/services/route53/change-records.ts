import { isDeepStrictEqual } from 'node:util'
import type {
  Change,
  ChangeResourceRecordSetsRequest,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../../wire/service.ts'
import { recordChange } from './changes.ts'
import { isWithin } from './domain-name.ts'
import { parseRecord, valueFault } from './record-check.ts'
import { type HostedZone, type Route53State, recordKey } from './state.ts'

const MAX_CHANGES = 1_000

interface ParsedChange {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE'
  readonly record: ResourceRecordSet
}

const described = ({ Name, Type, SetIdentifier }: ResourceRecordSet): string =>
  `[name='${Name}', type='${Type}'${SetIdentifier === undefined ? '' : `, set identifier='${SetIdentifier}'`}]`

const parse = (change: Change): ParsedChange => {
  const action = change.Action
  if (action !== 'CREATE' && action !== 'UPSERT' && action !== 'DELETE') {
    throw new AwsError('InvalidInput', `Action is ${action}: give CREATE, UPSERT or DELETE`)
  }
  return { action, record: parseRecord(change.ResourceRecordSet ?? { Name: '', Type: 'A' }) }
}

/** Applies one change to the copy that the batch works on; gives back what is wrong with it. */
const apply = (
  records: Map<string, ResourceRecordSet>,
  zone: HostedZone,
  { action, record }: ParsedChange,
): string | undefined => {
  const key = recordKey(record)
  const standing = records.get(key)
  if (!isWithin(record.Name ?? '', zone.name)) {
    return `RRSet with DNS name ${record.Name} is not permitted in zone ${zone.name}`
  }
  if (action === 'DELETE') {
    if (!standing) {
      return `Tried to delete resource record set ${described(record)} but it was not found`
    }
    if (!isDeepStrictEqual(comparable(standing), comparable(record))) {
      return `Tried to delete resource record set ${described(record)} but the values provided do not match the current values`
    }
    records.delete(key)
    return undefined
  }
  if (action === 'CREATE' && standing) {
    return `Tried to create resource record set ${described(record)} but it already exists`
  }
  records.set(key, record)
  return valueFault(record)
}

/** The order of a record's values means nothing. */
const comparable = (record: ResourceRecordSet): object => ({
  ...JSON.parse(JSON.stringify(record)),
  ResourceRecords: record.ResourceRecords?.map(({ Value }) => Value).sort(),
})

/** What does not go together once the whole batch stands. Only names that the batch touched are looked at. */
const conflicts = (
  records: ReadonlyMap<string, ResourceRecordSet>,
  zone: HostedZone,
  touched: ReadonlySet<string>,
): string[] => {
  const faults: string[] = []
  for (const name of touched) {
    const here = [...records.values()].filter((record) => record.Name === name)
    const types = new Set(here.map((record) => record.Type))
    if (types.has('CNAME') && types.size > 1) {
      faults.push(
        `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`,
      )
    }
    if (name === zone.name && types.has('CNAME')) {
      faults.push(
        `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${name}`,
      )
    }
    for (const type of types) {
      const siblings = here.filter((record) => record.Type === type)
      faults.push(...siblingFaults(name, `${type}`, siblings))
    }
  }
  return faults
}

const siblingFaults = (name: string, type: string, siblings: ResourceRecordSet[]): string[] => {
  const weighted = siblings.filter((record) => record.SetIdentifier !== undefined)
  if (weighted.length > 0 && weighted.length < siblings.length) {
    return [
      `RRSet with DNS name ${name}, type ${type} cannot be both weighted and simple: a conflicting RRSet exists`,
    ]
  }
  const ttls = new Set(weighted.flatMap((record) => record.TTL ?? []))
  if (ttls.size > 1) {
    return [
      `RRSets with DNS name ${name}, type ${type} are weighted with different TTLs (${[...ttls].join(', ')}): give all of them the same`,
    ]
  }
  return []
}

/** A record may be deleted and created in one batch, but written only once. */
const writtenTwice = (changes: readonly ParsedChange[]): string[] => {
  const seen = new Set<string>()
  return changes
    .filter(({ action }) => action !== 'DELETE')
    .filter(({ record }) => {
      const key = recordKey(record)
      const again = seen.has(key)
      seen.add(key)
      return again
    })
    .map(
      ({ record }) =>
        `The request contains an invalid set of changes for a resource record set '${record.Type} ${record.Name}'`,
    )
}

/** All of a batch or nothing of it: both weights of a pair change in the same moment. */
export const changeResourceRecordSets =
  (state: Route53State, inSyncAfterMs: number) => (input: ChangeResourceRecordSetsRequest) => {
    const zone = state.zone(input.HostedZoneId)
    const given = input.ChangeBatch?.Changes ?? []
    if (given.length === 0 || given.length > MAX_CHANGES) {
      throw new AwsError(
        'InvalidInput',
        `A batch takes 1 to ${MAX_CHANGES} changes, not ${given.length}`,
      )
    }
    const changes = given.map(parse)
    const records = new Map(zone.records)
    const faults = changes.flatMap((change) => apply(records, zone, change) ?? [])
    const touched = new Set(changes.map(({ record }) => record.Name ?? ''))
    faults.push(...writtenTwice(changes), ...conflicts(records, zone, touched))
    if (faults.length > 0) {
      throw new AwsError('InvalidChangeBatch', `[${faults.join(', ')}]`, 400, { messages: faults })
    }
    state.zones.set(zone.id, { ...zone, records })
    return { ChangeInfo: recordChange(state, inSyncAfterMs, input.ChangeBatch?.Comment) }
  }
