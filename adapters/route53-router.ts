import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53'
import { RouterError } from '../core/errors.ts'
import type { RouterDefinition, SlotDefinition } from '../core/model/definition.ts'
import { type SlotWeights, sameWeights } from '../core/model/routing.ts'
import { SLOTS, type Slot } from '../core/model/slot.ts'
import type { Routing, TrafficRouter } from '../core/ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'
import {
  absentZone,
  agreedWeights,
  type RecordPair,
  type RecordPlace,
  readPairs,
  shownPlace,
  ttlOf,
  weightsOf,
} from './route53-records.ts'
import { checkWeights, refuseNoWeight, shownWeights } from './router-weights.ts'

/** Route 53's largest weight of a record. */
const MAX_WEIGHT = 255

/** Seconds. Aliases of load balancers are answered with this TTL. */
const ALIAS_TTL = 60

/** Splits traffic by weighted records, A and AAAA together, one pair a type told apart by SetIdentifier. */
export function createRoute53Router(
  route53: Route53Client,
  definition: Extract<RouterDefinition, { type: 'route53' }>,
  slots: Readonly<Record<Slot, SlotDefinition>>,
): TrafficRouter {
  const place: RecordPlace = {
    hostedZone: definition.hostedZone.replace(/^\/hostedzone\//, ''),
    name: definition.record,
    identifiers: {
      blue: slots.blue.setIdentifier ?? 'blue',
      green: slots.green.setIdentifier ?? 'green',
    },
    aliasTtl: definition.aliasTtl ?? ALIAS_TTL,
  }

  return {
    maxWeight: MAX_WEIGHT,

    async read() {
      const pairs = await readPairs(route53, place)
      const weights = agreedWeights(pairs, place)
      refuseNoWeight(weights, shownPlace(place))
      return routingOf(weights, pairs, place)
    },

    async set(weights, strangers = 'refused') {
      checkWeights(weights, MAX_WEIGHT, shownPlace(place))
      const pairs = await readPairs(route53, place, strangers)
      return { id: await write(route53, place, pairs, weights), weights }
    },

    async verify(change, strangers = 'refused') {
      if ((await statusOf(route53, change.id)) === 'PENDING') {
        return { kind: 'pending', reason: `Route 53 still spreads the change ${change.id}` }
      }
      const pairs = await readPairs(route53, place, strangers)
      const other = pairs.find((pair) => !sameWeights(weightsOf(pair), change.weights))
      if (!other) return { kind: 'in-sync', routing: routingOf(change.weights, pairs, place) }
      const standing = weightsOf(other)
      return {
        kind: 'different',
        routing: routingOf(standing, pairs, place),
        reason: `${other.type} of ${shownPlace(place)} has ${shownWeights(standing)} where ${shownWeights(change.weights)} was set`,
      }
    },
  }
}

/**
 * One atomic batch, so that A and AAAA, blue and green never disagree. An UPSERT replaces the whole record: each goes
 * back with every field that it was read with. @returns the change's id.
 */
async function write(
  route53: Route53Client,
  place: RecordPlace,
  pairs: readonly RecordPair[],
  weights: SlotWeights,
): Promise<string> {
  const changes = pairs.flatMap(({ records }) =>
    SLOTS.map(
      (slot): Change => ({
        Action: 'UPSERT',
        ResourceRecordSet: { ...records[slot], Weight: weights[slot] },
      }),
    ),
  )
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: place.hostedZone,
    ChangeBatch: { Comment: `sluice: ${shownWeights(weights)}`, Changes: changes },
  })
  const asked = `${shownWeights(weights)} for ${shownPlace(place)}`
  const answer = await answered('Route 53 ChangeResourceRecordSets', asked, route53.send(command))
    .catch(absentZone(place))
    .catch((error: unknown) => {
      if (!isNamed(error, 'InvalidChangeBatch')) throw error
      throw new RouterError(`Route 53 refused ${asked}: ${described(error)}; correct the records`, {
        cause: error,
      })
    })
  const id = answer.ChangeInfo?.Id
  if (id === undefined) throw new RouterError(`Route 53 gave no change id for ${asked}`)
  return id
}

async function statusOf(route53: Route53Client, id: string): Promise<'PENDING' | 'INSYNC'> {
  try {
    const command = new GetChangeCommand({ Id: id })
    const answer = await answered('Route 53 GetChange', id, route53.send(command))
    return answer.ChangeInfo?.Status === 'INSYNC' ? 'INSYNC' : 'PENDING'
  } catch (error) {
    // Route 53 forgets changes long after they are everywhere; what stands there is read back all the same.
    if (isNamed(error, 'NoSuchChange')) return 'INSYNC'
    throw error
  }
}

function routingOf(
  weights: SlotWeights,
  pairs: readonly RecordPair[],
  place: RecordPlace,
): Routing {
  return { weights, place: shownPlace(place), ttl: ttlOf(pairs, place) }
}
