import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { createRouterOf } from '../../../adapters/routers.ts'
import type { SlotDefinition } from '../../../core/model/definition.ts'
import type { SlotWeights } from '../../../core/model/routing.ts'
import { createRoute53, type Route53Options } from '../../../local/services/route53/index.ts'
import { createLocalNetwork } from '../../fixtures/local-network.ts'
import { type RouterWorld, STANDING } from './contract.ts'

export const NAME = 'shop.example.com.'

const ADDRESS = {
  A: { blue: '192.0.2.1', green: '192.0.2.2' },
  AAAA: { blue: '2001:db8::1', green: '2001:db8::2' },
} as const

/** A pair of records with a TTL, and with every field that such a record may have. */
export function plainPair(
  Type: 'A' | 'AAAA',
  weights: SlotWeights = STANDING,
  { Name = NAME, TTL = 30 } = {},
): ResourceRecordSet[] {
  return (['blue', 'green'] as const).map((slot) => ({
    Name,
    Type,
    SetIdentifier: slot,
    Weight: weights[slot],
    TTL,
    ResourceRecords: [{ Value: ADDRESS[Type][slot] }],
    HealthCheckId: `health-of-${slot}`,
  }))
}

export function aliasPair(
  Type: 'A' | 'AAAA',
  weights: SlotWeights = STANDING,
): ResourceRecordSet[] {
  return (['blue', 'green'] as const).map((slot) => ({
    Name: NAME,
    Type,
    SetIdentifier: slot,
    Weight: weights[slot],
    AliasTarget: {
      HostedZoneId: 'Z35SXDOTRQ7X7K',
      DNSName: `${slot}-1.us-east-1.elb.localhost.`,
      EvaluateTargetHealth: slot === 'blue',
    },
  }))
}

/** Records that look like the canary's and are none of its business. */
const BYSTANDERS: ResourceRecordSet[] = [
  ...plainPair('A', { blue: 7, green: 7 }, { Name: `green-${NAME}` }),
  ...plainPair('A', { blue: 7, green: 7 }, { Name: `a.${NAME}` }),
  ...plainPair('A', { blue: 7, green: 7 }, { Name: `\\052.${NAME}` }),
  ...(['blue', 'green'] as const).map((SetIdentifier) => ({
    Name: NAME,
    Type: 'TXT' as const,
    SetIdentifier,
    Weight: 7,
    TTL: 5,
    ResourceRecords: [{ Value: `"${SetIdentifier}"` }],
  })),
]

/** A hosted zone, the records in it, a router over them and a person beside it. */
export async function createZone(records: readonly ResourceRecordSet[], options?: Route53Options) {
  const route53 = createRoute53(options)
  const network = createLocalNetwork([route53])
  const person = new Route53Client(network.personsConfig)
  const { HostedZone } = await person.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'test' }),
  )
  const hostedZone = (HostedZone?.Id ?? '').replace('/hostedzone/', '')
  const change = async (Action: 'UPSERT' | 'DELETE', sets: readonly ResourceRecordSet[]) => {
    const Changes = sets.map((ResourceRecordSet) => ({ Action, ResourceRecordSet }))
    const input = { HostedZoneId: hostedZone, ChangeBatch: { Changes } }
    await person.send(new ChangeResourceRecordSetsCommand(input))
  }
  if (records.length > 0) await change('UPSERT', records)

  const standing = () => [...(route53.state.zones.get(hostedZone)?.records.values() ?? [])]
  return {
    route53,
    network,
    hostedZone,
    standing,
    upsert: (...sets: ResourceRecordSet[]) => change('UPSERT', sets),
    remove: (...sets: ResourceRecordSet[]) => change('DELETE', sets),
    /** @param clientOptions replace the tests' single attempt. */
    routerOf(
      place: {
        record?: string
        hostedZone?: string
        aliasTtl?: number
        blue?: Partial<SlotDefinition>
      } = {},
      clientOptions: { maxAttempts?: number } = {},
    ) {
      const config = { ...network.config, ...clientOptions }
      const routerOf = createRouterOf({
        elbv2: new ElasticLoadBalancingV2Client(config),
        route53: new Route53Client(config),
      })
      return routerOf({
        router: {
          type: 'route53',
          hostedZone: place.hostedZone ?? hostedZone,
          record: place.record ?? 'shop.example.com',
          ...(place.aliasTtl !== undefined && { aliasTtl: place.aliasTtl }),
        },
        slots: {
          blue: { cluster: 'main', service: 'shop-blue', ...place.blue },
          green: { cluster: 'main', service: 'shop-green' },
        },
      })
    },
  }
}

const isOurs = (record: ResourceRecordSet) =>
  record.Name === NAME &&
  (record.Type === 'A' || record.Type === 'AAAA') &&
  (record.SetIdentifier === 'blue' || record.SetIdentifier === 'green')

/** @param pairs the canary's records, for these weights. */
async function createRecordsWorld(
  pairs: (weights: SlotWeights) => ResourceRecordSet[],
  ttl: number,
): Promise<RouterWorld> {
  const idle = { ...plainPair('A', STANDING)[0], SetIdentifier: 'old', Weight: 0 }
  const world = await createZone([...BYSTANDERS, ...pairs(STANDING)])
  const ours = () => world.standing().filter(isOurs)
  const weightOf = (slot: string) => {
    const weights = new Set(
      ours()
        .filter((record) => record.SetIdentifier === slot)
        .map((record) => record.Weight),
    )
    if (weights.size !== 1) throw new Error(`the types of ${slot} differ: ${[...weights]}`)
    return [...weights][0] ?? -1
  }
  return {
    router: world.routerOf(),
    network: world.network,
    writes: 'ChangeResourceRecordSets',
    reads: 'ListResourceRecordSets',
    place: `shop.example.com in hosted zone ${world.hostedZone}`,
    ttl,
    throttles: ['Throttling', 'PriorRequestNotComplete'],
    weights: () => ({ blue: weightOf('blue'), green: weightOf('green') }),
    rest: () =>
      world
        .standing()
        .map((record) => (isOurs(record) ? { ...record, Weight: 'ours' } : record))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    edit: (weights) => world.upsert(...pairs(weights)),
    async editRest() {
      const first = ours()[0]
      if (!first) throw new Error('no record')
      await world.upsert(
        { ...first, HealthCheckId: 'another' },
        ...(first.AliasTarget ? [] : [{ ...idle, TTL: first.TTL } as ResourceRecordSet]),
      )
    },
    settle: async () => {},
  }
}

export const createPlainWorld = () => createRecordsWorld((weights) => plainPair('A', weights), 30)

export const createDualStackWorld = () =>
  createRecordsWorld((weights) => [...plainPair('A', weights), ...aliasPair('AAAA', weights)], 60)
