import { canaryName } from '../model/places.ts'
import { otherSlot, SLOTS, type Slot, serviceKey } from '../model/slot.ts'
import type { FoundForward, FoundRecord, FoundService, Landscape } from '../operator-ports.ts'

/** A pair of services that a canary could be made of, as its definition would name them. */
export interface ProposedCanary {
  readonly canary: string
  /** For people: what splits the traffic. */
  readonly told: string
  /** The slot that has the traffic now. */
  readonly live: Slot
  readonly slots: Readonly<Record<Slot, ProposedSlot>>
  readonly router:
    | { readonly type: 'alb'; readonly rule: string }
    | { readonly type: 'alb'; readonly listener: string }
    | { readonly type: 'route53'; readonly hostedZone: string; readonly record: string }
}

export interface ProposedSlot {
  readonly cluster: string
  readonly service: string
  readonly targetGroup?: string
  readonly setIdentifier?: string
}

/** What was nearly a pair, and what it lacks. */
export interface NearMiss {
  readonly told: string
  readonly lacks: string
}

export interface Proposals {
  readonly canaries: readonly ProposedCanary[]
  readonly nearly: readonly NearMiss[]
}

/** One of the two sides, before it has a slot. */
interface Side {
  readonly service: FoundService
  readonly weight: number
  readonly targetGroup?: string
  readonly setIdentifier?: string
}

/** Pairs of services between which an account's load balancers or records split traffic already. Changes nothing. */
export async function proposeCanaries({
  landscape,
}: {
  readonly landscape: Landscape
}): Promise<Proposals> {
  const [services, forwards, records] = await Promise.all([
    landscape.services(),
    landscape.forwards(),
    landscape.records(),
  ])
  const canaries: ProposedCanary[] = []
  const nearly: NearMiss[] = []
  const consider = (
    told: string,
    sides: readonly (Side | string)[],
    router: ProposedCanary['router'],
  ) => {
    const lost = sides.find((side) => typeof side === 'string')
    const [one, other, ...more] = sides
    if (typeof lost === 'string') nearly.push({ told, lacks: lost })
    else if (typeof one === 'object' && typeof other === 'object' && more.length === 0) {
      canaries.push(proposed(told, [one, other], router))
    }
  }
  for (const forward of forwards) {
    const { targetGroups, told, place } = forward
    if (targetGroups.length !== 2) {
      const single = singleForward(services, forward)
      if (single) nearly.push(single)
      continue
    }
    const sides = targetGroups.map(({ arn, weight }) => sideOf(services, arn, weight))
    consider(told, sides, { type: 'alb', ...place })
  }
  for (const pair of recordPairs(records)) {
    const [{ hostedZone, record } = { hostedZone: '', record: '' }] = pair
    const sides = pair.map((one) => sideBehind(services, forwards, one))
    consider(`the records of ${record}`, sides, { type: 'route53', hostedZone, record })
  }
  return { canaries: withOwnNames(canaries), nearly }
}

/** The one service of a target group; else what is in the way. */
function sideOf(services: readonly FoundService[], arn: string, weight: number): Side | string {
  const users = services.filter(({ targetGroups }) => targetGroups.includes(arn))
  const [service, another] = users
  const name = arn.split('/')[1] ?? arn
  if (!service) return `no service registers its tasks in the target group ${name}`
  if (another) return `several services register their tasks in the target group ${name}`
  return { service, weight, targetGroup: arn }
}

/** Two services that look like a pair, and a place that forwards to one of them alone. */
function singleForward(
  services: readonly FoundService[],
  { targetGroups, told }: FoundForward,
): NearMiss | undefined {
  const [only, ...more] = targetGroups
  const service =
    only && more.length === 0 && services.find((one) => one.targetGroups.includes(only.arn))
  if (!service) return undefined
  const twin = services.find(
    (one) => one !== service && one.cluster === service.cluster && stemOf(one) === stemOf(service),
  )
  if (!twin || slotIn(twin.service) === undefined) return undefined
  return {
    told,
    lacks: `it forwards to ${serviceKey(service)} alone; make it forward to the target group of ${serviceKey(twin)} too, with weight 0`,
  }
}

function recordPairs(records: readonly FoundRecord[]): FoundRecord[][] {
  const byName = new Map<string, FoundRecord[]>()
  for (const one of records) {
    const key = `${one.hostedZone} ${one.record}`
    byName.set(key, [...(byName.get(key) ?? []), one])
  }
  return [...byName.values()].filter(({ length }) => length === 2)
}

/** The one service behind a record's alias: through its load balancer and that one's target groups. */
function sideBehind(
  services: readonly FoundService[],
  forwards: readonly FoundForward[],
  { alias, setIdentifier, weight, record }: FoundRecord,
): Side | string {
  const told = `the record ${setIdentifier} of ${record}`
  const behind = forwards.filter(({ dnsName }) => dnsName.toLowerCase() === alias?.toLowerCase())
  const groups = new Set(behind.flatMap(({ targetGroups }) => targetGroups.map(({ arn }) => arn)))
  const found = services.filter((one) => one.targetGroups.some((arn) => groups.has(arn)))
  const [service, another] = found
  if (!service || another) {
    const how = another ? 'several services are' : 'no service was found'
    return `${how} behind ${told}; write its slots yourself`
  }
  const [targetGroup] = service.targetGroups.filter((arn) => groups.has(arn))
  return { service, weight, setIdentifier, ...(targetGroup === undefined ? {} : { targetGroup }) }
}

function proposed(
  told: string,
  sides: readonly [Side, Side],
  router: ProposedCanary['router'],
): ProposedCanary {
  const [one, other] = sides
  const named = slotIn(nameOf(one))
  const opposite = slotIn(nameOf(other))
  // By their names where these say it; else blue is what has the traffic.
  const slot =
    named !== undefined && named !== opposite
      ? named
      : opposite !== undefined && named === undefined
        ? otherSlot(opposite)
        : one.weight >= other.weight
          ? 'blue'
          : 'green'
  const bySlot = { [slot]: one, [otherSlot(slot)]: other } as Readonly<Record<Slot, Side>>
  return {
    canary: nameFor(one.service, other.service),
    told,
    live: bySlot.blue.weight >= bySlot.green.weight ? 'blue' : 'green',
    slots: { blue: slotOf('blue', bySlot.blue), green: slotOf('green', bySlot.green) },
    router,
  }
}

function slotOf(slot: Slot, { service, targetGroup, setIdentifier }: Side): ProposedSlot {
  return {
    cluster: service.cluster,
    service: service.service,
    ...(targetGroup === undefined ? {} : { targetGroup }),
    ...(setIdentifier === undefined || setIdentifier === slot ? {} : { setIdentifier }),
  }
}

function nameOf({ setIdentifier, service }: Side): string {
  return `${service.service} ${setIdentifier ?? ''}`
}

/** Whole words only: a service may be called `bluetooth`. */
function slotIn(text: string): Slot | undefined {
  const words = text.toLowerCase().split(/[^a-z]+/)
  const found = SLOTS.filter((slot) => words.includes(slot))
  return found.length === 1 ? found[0] : undefined
}

/** A service's name without the word that tells the slot. */
function stemOf({ service }: FoundService): string {
  return service.replace(/(^|[-_])(blue|green)(?=[-_]|$)/i, '').replace(/^[-_]+/, '')
}

function nameFor(one: FoundService, other: FoundService): string {
  const [stem, another] = [stemOf(one), stemOf(other)]
  const common = stem === another ? stem : commonStart(one.service, other.service)
  const [name] = [common, one.cluster, 'canary'].filter(
    (text) => canaryName.safeParse(text).success,
  )
  return name ?? 'canary'
}

function commonStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return one.slice(0, length).replace(/[-_]+$/, '')
}

/** Of several that would have the same name, the later ones get a number. */
function withOwnNames(canaries: readonly ProposedCanary[]): ProposedCanary[] {
  const taken = new Set<string>()
  return canaries.map((one) => {
    let canary = one.canary
    for (let number = 2; taken.has(canary); number++) canary = `${one.canary}-${number}`
    taken.add(canary)
    return { ...one, canary }
  })
}
