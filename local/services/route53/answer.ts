import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { canonical, isWithin, wildcardsFor } from './domain-name.ts'
import type { HostedZone, Route53State } from './state.ts'

export interface Candidate {
  readonly identifier: string | undefined
  /** Above zero: shares are relative to the sum over all candidates. */
  readonly weight: number
  readonly values: readonly string[]
}

/** What a name server says to a question: pick one candidate by weight and give all of its values. */
export type Answer =
  | {
      readonly kind: 'records'
      readonly name: string
      /** The type of the values: the one asked for, or CNAME. */
      readonly type: string
      readonly ttl: number
      readonly candidates: readonly Candidate[]
    }
  /** The name stands, with no record of that type. */
  | { readonly kind: 'no-data' }
  | { readonly kind: 'no-name' }
  /** Not a name of any zone here. */
  | { readonly kind: 'no-zone' }

export interface AnswerOptions {
  /** Addresses of an alias target outside of the zones, such as a load balancer; undefined for an unknown one. */
  readonly addressesOf: (dnsName: string, type: string) => readonly string[] | undefined
  /** Route 53 answers aliases of load balancers with 60 s. */
  readonly aliasTtlSeconds: number
  readonly isHealthy: (healthCheckId: string) => boolean
}

/** Longer chains of aliases than this are loops. */
const MAX_ALIASES = 8

const zoneOf = (state: Route53State, name: string): HostedZone | undefined =>
  [...state.zones.values()]
    .filter((zone) => isWithin(name, zone.name))
    .sort((a, b) => b.name.length - a.name.length)[0]

/** The records of the name itself, or of the closest wildcard that covers it. */
const recordsAt = (zone: HostedZone, name: string): ResourceRecordSet[] => {
  const all = [...zone.records.values()]
  for (const candidate of [name, ...wildcardsFor(name, zone.name)]) {
    const here = all.filter((record) => record.Name === candidate)
    if (here.length > 0) return here
  }
  return []
}

/**
 * Route 53's rules: records with weight serve by weight; those with 0 serve only when none with weight is healthy;
 * where all are 0, all serve alike; where none is healthy, all count as healthy.
 */
const serving = (
  records: readonly ResourceRecordSet[],
  isHealthy: AnswerOptions['isHealthy'],
): { record: ResourceRecordSet; weight: number }[] => {
  const healthy = records.filter(
    (record) => record.HealthCheckId === undefined || isHealthy(record.HealthCheckId),
  )
  const able = healthy.length > 0 ? healthy : records
  const weighted = able.filter((record) => (record.Weight ?? 1) > 0)
  return weighted.length > 0
    ? weighted.map((record) => ({ record, weight: record.Weight ?? 1 }))
    : able.map((record) => ({ record, weight: 1 }))
}

export const answerOf = (
  state: Route53State,
  options: AnswerOptions,
  question: { readonly name: string; readonly type: string },
  depth = 0,
): Answer => {
  const name = canonical(question.name)
  const zone = zoneOf(state, name)
  if (!zone) return { kind: 'no-zone' }
  const here = recordsAt(zone, name)
  if (here.length === 0) return { kind: 'no-name' }
  const wanted = here.filter((record) => record.Type === question.type)
  const records = wanted.length > 0 ? wanted : here.filter((record) => record.Type === 'CNAME')
  const [first] = records
  if (!first) return { kind: 'no-data' }

  const ttls: number[] = []
  const valuesOf = (record: ResourceRecordSet): readonly string[] => {
    if (!record.AliasTarget) {
      ttls.push(record.TTL ?? 0)
      return record.ResourceRecords?.map(({ Value }) => Value ?? '') ?? []
    }
    const target = { name: record.AliasTarget.DNSName ?? '', type: question.type }
    const inZone = depth < MAX_ALIASES ? answerOf(state, options, target, depth + 1) : undefined
    if (inZone?.kind === 'records') {
      ttls.push(inZone.ttl)
      return inZone.candidates.flatMap(({ values }) => values)
    }
    ttls.push(options.aliasTtlSeconds)
    return options.addressesOf(target.name.replace(/\.$/, ''), target.type) ?? []
  }
  const candidates = serving(records, options.isHealthy).map(({ record, weight }) => ({
    identifier: record.SetIdentifier,
    weight,
    values: valuesOf(record),
  }))
  return {
    kind: 'records',
    name,
    type: first.Type ?? question.type,
    ttl: Math.min(...ttls),
    candidates,
  }
}
