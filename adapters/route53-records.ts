import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53'
import { RouterError } from '../core/errors.ts'
import { type SlotWeights, sameWeights } from '../core/model/routing.ts'
import { SLOTS, type Slot } from '../core/model/slot.ts'
import type { Strangers } from '../core/ports.ts'
import { answered, isNamed } from './aws-errors.ts'
import { sameName } from './record-names.ts'
import { shownWeights } from './router-weights.ts'

/** Types that carry traffic and are shifted; whichever of them the name has, together. */
const TYPES = ['A', 'AAAA'] as const
export type AddressType = (typeof TYPES)[number]

/** Where the canary's records are: hosted zone, name, and each slot's SetIdentifier. */
export interface RecordPlace {
  readonly hostedZone: string
  readonly name: string
  readonly identifiers: Readonly<Record<Slot, string>>
  /** Seconds; an alias has no TTL of its own. */
  readonly aliasTtl: number
}

/** Both slots' records of one type, every field as it was read. */
export interface RecordPair {
  readonly type: AddressType
  readonly records: Readonly<Record<Slot, ResourceRecordSet>>
}

/**
 * The slots' records of every address type that the name has.
 * @throws {RouterError} where they are missing, not weighted, or not alone.
 */
export async function readPairs(
  route53: Route53Client,
  place: RecordPlace,
  strangers: Strangers = 'refused',
): Promise<RecordPair[]> {
  const records = await listByName(route53, place)
  const pairs = TYPES.flatMap((type) => {
    const siblings = records.filter((record) => record.Type === type)
    return siblings.length > 0 ? [pairOf(type, siblings, place, strangers)] : []
  })
  if (pairs.length === 0) {
    const { blue, green } = place.identifiers
    throw new RouterError(
      `${shownPlace(place)} has no A or AAAA record; create weighted records with SetIdentifier "${blue}" and "${green}", the live one with a weight above 0`,
    )
  }
  return pairs
}

function pairOf(
  type: AddressType,
  siblings: readonly ResourceRecordSet[],
  place: RecordPlace,
  strangers: Strangers,
): RecordPair {
  const where = `${type} of ${shownPlace(place)}`
  for (const sibling of siblings) refuseForeign(sibling, where, place, strangers)
  const recordOf = (slot: Slot) => {
    const identifier = place.identifiers[slot]
    const record = siblings.find((sibling) => sibling.SetIdentifier === identifier)
    if (!record) {
      throw new RouterError(
        `${where} has no record with SetIdentifier "${identifier}"; create it as a weighted record for ${slot}, weight 0 if ${slot} is not live`,
      )
    }
    return record
  }
  return { type, records: { blue: recordOf('blue'), green: recordOf('green') } }
}

/** Records that would take traffic which the two slots' weights do not speak of, or that are not Sluice's to change. */
function refuseForeign(
  record: ResourceRecordSet,
  where: string,
  place: RecordPlace,
  strangers: Strangers,
) {
  const called = record.SetIdentifier === undefined ? '' : ` "${record.SetIdentifier}"`
  if (record.Weight === undefined) {
    throw new RouterError(
      `${where} has a record${called} that is not weighted; replace it by weighted ones with SetIdentifier "${place.identifiers.blue}" and "${place.identifiers.green}"`,
    )
  }
  const ours = SLOTS.some((slot) => place.identifiers[slot] === record.SetIdentifier)
  if (!ours && record.Weight > 0 && strangers === 'refused') {
    throw new RouterError(
      `${where} has a third record${called} with weight ${record.Weight}; set its weight to 0 or delete it, or correct slots.*.setIdentifier in the definition`,
    )
  }
  if (ours && record.TrafficPolicyInstanceId !== undefined) {
    throw new RouterError(
      `${where} has the record${called} from traffic policy instance ${record.TrafficPolicyInstanceId}, which alone may change it; create the record by itself`,
    )
  }
}

/** Everything of the name. Records come sorted, so the listing is left at the first other name. */
async function listByName(
  route53: Route53Client,
  place: RecordPlace,
): Promise<ResourceRecordSet[]> {
  const records: ResourceRecordSet[] = []
  let start: Partial<ListResourceRecordSetsCommandInput> | undefined = {
    StartRecordName: place.name,
  }
  while (start) {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: place.hostedZone, ...start })
    const page: ListResourceRecordSetsCommandOutput = await answered(
      'Route 53 ListResourceRecordSets',
      shownPlace(place),
      route53.send(command),
    ).catch(absentZone(place))
    const sets = page.ResourceRecordSets ?? []
    const ours = sets.filter((record) => sameName(record.Name ?? '', place.name))
    records.push(...ours)
    const last = sets.at(-1)
    const goesOn = page.IsTruncated && (!last || sameName(last.Name ?? '', place.name))
    start = goesOn
      ? {
          StartRecordName: page.NextRecordName,
          StartRecordType: page.NextRecordType,
          StartRecordIdentifier: page.NextRecordIdentifier,
        }
      : undefined
  }
  return records
}

/** Turns "no such zone" into what to correct. */
export function absentZone(place: RecordPlace) {
  return (error: unknown): never => {
    if (!isNamed(error, 'NoSuchHostedZone')) throw error
    throw new RouterError(
      `hosted zone ${place.hostedZone} does not exist; correct router.hostedZone in the definition`,
      { cause: error },
    )
  }
}

export function weightsOf(pair: RecordPair): SlotWeights {
  return { blue: pair.records.blue.Weight ?? 0, green: pair.records.green.Weight ?? 0 }
}

/** The weights that every type has. @throws {RouterError} where the types disagree: one baseline cannot hold both. */
export function agreedWeights(pairs: readonly RecordPair[], place: RecordPlace): SlotWeights {
  const [first, second] = pairs
  if (!first) throw new RouterError(`${shownPlace(place)} has no A or AAAA record`)
  const weights = weightsOf(first)
  if (second && !sameWeights(weights, weightsOf(second))) {
    throw new RouterError(
      `${shownPlace(place)} has ${shownWeights(weights)} for ${first.type} but ${shownWeights(weightsOf(second))} for ${second.type}; give both types the same weights`,
    )
  }
  return weights
}

/** Seconds that an answer may be held by a client: the longest of any of the records. */
export function ttlOf(
  pairs: readonly RecordPair[],
  { aliasTtl }: Pick<RecordPlace, 'aliasTtl'>,
): number {
  const ttls = pairs.flatMap(({ records }) =>
    SLOTS.map((slot) => (records[slot].AliasTarget ? aliasTtl : (records[slot].TTL ?? 0))),
  )
  return Math.max(...ttls)
}

export function shownPlace(place: RecordPlace): string {
  return `${place.name} in hosted zone ${place.hostedZone}`
}
