import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { SLOTS } from '../../core/model/slot.ts'
import type { LocalAws } from '../../local/aws.ts'
import { changeResourceRecordSets } from '../../local/services/route53/change-records.ts'
import { createHostedZone } from '../../local/services/route53/zones.ts'

/** Canaries that share a hosted zone, as the services of a team do. All zones are of one account, with one quota. */
const IN_A_ZONE = 10
const ADDRESSES = { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1', '2001:db8::2'] } as const

export interface RecordsOfCanary {
  readonly hostedZone: string
  readonly record: string
}

/** Where all the traffic is blue's. Made in the state of Route 53: what is set up is not of the quota. */
export function createRecords(
  { route53 }: Pick<LocalAws, 'route53'>,
  canaries: readonly string[],
): readonly RecordsOfCanary[] {
  const create = createHostedZone(route53.state, 0)
  const change = changeResourceRecordSets(route53.state, 0)
  const places: RecordsOfCanary[] = []
  for (let first = 0; first < canaries.length; first += IN_A_ZONE) {
    const domain = `team-${first / IN_A_ZONE + 1}.example.com`
    const { HostedZone } = create({ Name: domain, CallerReference: domain })
    const hostedZone = HostedZone.Id?.replace('/hostedzone/', '') ?? ''
    const own = canaries.slice(first, first + IN_A_ZONE).map((canary) => `${canary}.${domain}`)
    const records = own.flatMap(pairsOf)
    change({
      HostedZoneId: hostedZone,
      ChangeBatch: {
        Changes: records.map((ResourceRecordSet) => ({ Action: 'CREATE', ResourceRecordSet })),
      },
    })
    places.push(...own.map((record) => ({ hostedZone, record })))
  }
  return places
}

function pairsOf(Name: string): readonly ResourceRecordSet[] {
  return (['A', 'AAAA'] as const).flatMap((Type) =>
    SLOTS.map((slot, index) => ({
      Name,
      Type,
      SetIdentifier: slot,
      Weight: slot === 'blue' ? 1 : 0,
      // Seconds; a bake begins when it has passed.
      TTL: 1,
      ResourceRecords: [{ Value: ADDRESSES[Type][index] ?? '' }],
    })),
  )
}

/** As they stand: `A blue 1`, … */
export function weightsIn(
  { route53 }: Pick<LocalAws, 'route53'>,
  { hostedZone, record }: RecordsOfCanary,
): readonly string[] {
  return [...route53.state.zone(hostedZone).records.values()]
    .filter(({ Name, Weight }) => Name === `${record}.` && Weight !== undefined)
    .map(({ Type, SetIdentifier, Weight }) => `${Type} ${SetIdentifier} ${Weight}`)
    .sort()
}
