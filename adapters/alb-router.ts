import type {
  Action,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { RouterError } from '../core/errors.ts'
import type { RouterDefinition, SlotDefinition } from '../core/model/definition.ts'
import { sameWeights } from '../core/model/routing.ts'
import type { Slot } from '../core/model/slot.ts'
import type { Routing, Strangers, TrafficRouter } from '../core/ports.ts'
import { type SlotTargetGroups, weightsOf, withWeights } from './alb-actions.ts'
import { type AlbPlace, albPlaceOf } from './alb-place.ts'
import { checkWeights, refuseNoWeight, shownWeights } from './router-weights.ts'

/** Elastic Load Balancing's largest weight of a target group. */
const MAX_WEIGHT = 999

/** Splits traffic by the weights of one forward action: of a listener rule, or of a listener's default action. */
export function createAlbRouter(
  elbv2: ElasticLoadBalancingV2Client,
  definition: Extract<RouterDefinition, { type: 'alb' }>,
  slots: Readonly<Record<Slot, SlotDefinition>>,
): TrafficRouter {
  const place = albPlaceOf(elbv2, definition)
  const groups: SlotTargetGroups = {
    blue: targetGroupOf(slots, 'blue'),
    green: targetGroupOf(slots, 'green'),
  }

  const readWeights = async (strangers: Strangers) =>
    weightsOf(await place.read(), groups, place.arn, strangers)
  // A load balancer has no cache of answers to wait for.
  const routingOf = (weights: Routing['weights']): Routing => ({
    weights,
    place: place.arn,
    ttl: 0,
  })

  return {
    maxWeight: MAX_WEIGHT,

    async read() {
      const actions = await place.read()
      const weights = await weightsOrHint(actions, groups, place)
      refuseNoWeight(weights, place.arn)
      return routingOf(weights)
    },

    async set(weights, strangers = 'refused') {
      checkWeights(weights, MAX_WEIGHT, place.arn)
      // There is no optimistic lock: the shorter between reading and writing, the less of another's edit is lost.
      const actions = await place.read()
      await place.write(withWeights(actions, groups, weights, place.arn, strangers))
      return { id: 'immediate', weights }
    },

    async verify(change, strangers = 'refused') {
      const routing = routingOf(await readWeights(strangers))
      if (sameWeights(routing.weights, change.weights)) return { kind: 'in-sync', routing }
      return {
        kind: 'different',
        routing,
        reason: `${place.arn} has ${shownWeights(routing.weights)} where ${shownWeights(change.weights)} was set`,
      }
    },
  }
}

function targetGroupOf(slots: Readonly<Record<Slot, SlotDefinition>>, slot: Slot): string {
  const arn = slots[slot].targetGroup
  if (arn === undefined) {
    throw new RouterError(`slots.${slot}.targetGroup is missing; the alb router needs its ARN`)
  }
  return arn
}

/** A listener whose default action is another one often has the canary's in a rule: say which. */
async function weightsOrHint(
  actions: readonly Action[],
  groups: SlotTargetGroups,
  place: AlbPlace,
) {
  try {
    return weightsOf(actions, groups, place.arn)
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    const rules = await place.alike((others) => splits(others, groups))
    if (rules.length === 0) throw error
    throw new RouterError(
      `${error.message}. The slots stand in ${rules.join(', ')}: give that as router.rule instead of router.listener`,
      { cause: error },
    )
  }
}

function splits(actions: readonly Action[], groups: SlotTargetGroups): boolean {
  const arns = actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).map((tuple) => tuple.TargetGroupArn),
  )
  return arns.includes(groups.blue) && arns.includes(groups.green)
}
