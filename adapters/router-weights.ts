import { RouterError } from '../core/errors.ts'
import type { SlotWeights } from '../core/model/routing.ts'
import { SLOTS } from '../core/model/slot.ts'

/**
 * Refuses what no router may be given.
 * Both weights zero would not mean "nobody": Route 53 then answers with both, a load balancer's behaviour is undocumented.
 */
export function checkWeights(weights: SlotWeights, max: number, place: string) {
  for (const slot of SLOTS) {
    const weight = weights[slot]
    if (!Number.isInteger(weight) || weight < 0 || weight > max) {
      throw new RouterError(
        `weight ${weight} of ${slot} is refused for ${place}; use a whole number from 0 to ${max}`,
      )
    }
  }
  if (weights.blue === 0 && weights.green === 0) {
    throw new RouterError(
      `weights 0 and 0 are refused for ${place}; give at least one slot a weight above 0`,
    )
  }
}

/** What stands there is nothing to go back to. */
export function refuseNoWeight(weights: SlotWeights, place: string) {
  if (weights.blue === 0 && weights.green === 0) {
    throw new RouterError(
      `${place} has weight 0 for blue and for green; give the live slot a weight above 0`,
    )
  }
}

export function shownWeights(weights: SlotWeights): string {
  return `blue ${weights.blue}, green ${weights.green}`
}
