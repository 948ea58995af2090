import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53'
import type { Clients } from '../clients.ts'
import { definitionOf } from './definition.ts'
import { type BySlot, type CreateEnvironment, SLOTS, type SlotName } from './environment.ts'
import { createListener, createLoadBalancer, createTargetGroup } from './load-balancers.ts'
import { CLUSTER, createServices, required } from './services.ts'

const CANARY = 'shop-route53'
const ZONE = 'example.org'
const HOST = `shop.${ZONE}`
const BEFORE: BySlot<number> = { blue: 100, green: 0 }

/** Addresses of the slots' load balancers, which a person would take from their DNS names. */
export type AddressOf = (loadBalancer: string) => string

/** A load balancer a slot, behind weighted A and AAAA records of one name. */
export const createRoute53Environment =
  (addressOf: AddressOf): CreateEnvironment =>
  async (clients, { seed, readyTimeout }) => {
    const blue = await createEntrance(clients, 'blue')
    const green = await createEntrance(clients, 'green')
    const entrances = { blue, green }
    const pick = (what: keyof typeof blue): BySlot<string> => ({
      blue: blue[what],
      green: green[what],
    })
    const zone = await createZone(clients)
    await createRecords(clients, zone, {
      blue: addressOf(blue.loadBalancer),
      green: addressOf(green.loadBalancer),
    })
    const services = await createServices(clients, {
      canary: CANARY,
      targetGroups: pick('targetGroup'),
      first: { version: '1.0', environment: {} },
      seed,
    })
    return {
      router: 'route53',
      canary: CANARY,
      cluster: CLUSTER,
      services,
      definition: definitionOf({
        canary: CANARY,
        cluster: CLUSTER,
        services,
        targetGroups: pick('targetGroup'),
        loadBalancers: pick('loadBalancer'),
        readyTimeout,
        router: { type: 'route53', hostedZone: zone, record: HOST },
      }),
      host: HOST,
      entrance: { kind: 'name', listener: entrances.blue.listener },
      readWeights: () => readWeights(clients, zone),
      commands: [`route53 list-resource-record-sets --hosted-zone-id ${zone}`],
    }
  }

async function createEntrance(clients: Clients, slot: SlotName) {
  const targetGroup = await createTargetGroup(clients, `${CANARY}-${slot}`)
  const loadBalancer = await createLoadBalancer(clients, `${CANARY}-${slot}`)
  const listener = await createListener(clients, loadBalancer, {
    Type: 'forward',
    TargetGroupArn: targetGroup,
  })
  return { targetGroup, loadBalancer, listener }
}

async function createZone({ route53 }: Clients): Promise<string> {
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: ZONE, CallerReference: CANARY }),
  )
  return required(HostedZone?.Id, 'a hosted zone has an id').replace('/hostedzone/', '')
}

async function createRecords({ route53 }: Clients, zone: string, addresses: BySlot<string>) {
  const records = SLOTS.flatMap((slot) => [
    { Type: 'A' as const, slot, address: addresses[slot] },
    // The same place, as the other family writes it.
    { Type: 'AAAA' as const, slot, address: `::ffff:${addresses[slot]}` },
  ])
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: {
        Changes: records.map(({ Type, slot, address }) => ({
          Action: 'CREATE',
          ResourceRecordSet: {
            Name: HOST,
            Type,
            SetIdentifier: slot,
            Weight: BEFORE[slot],
            TTL: 1,
            ResourceRecords: [{ Value: address }],
          },
        })),
      },
    }),
  )
}

/** @throws where A and AAAA do not agree: one number would hide that. */
async function readWeights({ route53 }: Clients, zone: string): Promise<BySlot<number>> {
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
  )
  const weightOf = (slot: SlotName) => {
    const own = ResourceRecordSets.filter(({ SetIdentifier }) => SetIdentifier === slot)
    const [weight = 0, ...others] = own.map(({ Weight = 0 }) => Weight)
    if (others.some((other) => other !== weight)) {
      throw new Error(
        `${HOST}: A and AAAA of ${slot} have weights ${[weight, ...others].join(', ')}`,
      )
    }
    return weight
  }
  return { blue: weightOf('blue'), green: weightOf('green') }
}
