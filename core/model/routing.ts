import type { Slot } from './slot.ts'

/**
 * Weights in the router's own integer units (an ALB takes 0–999, Route 53 0–255).
 * Never both zero: Route 53 would answer with both, a load balancer's behaviour is undocumented.
 */
export type SlotWeights = Readonly<Record<Slot, number>>

/** The candidate's share in percent, 0 to 100 with one decimal. */
export type Weight = number

/** The share of `slot` in percent, rounded to one decimal. */
export function shareOf(weights: SlotWeights, slot: Slot): Weight {
  const total = weights.blue + weights.green
  return Math.round((weights[slot] / total) * 1000) / 10
}

export function sameWeights(a: SlotWeights, b: SlotWeights): boolean {
  return a.blue === b.blue && a.green === b.green
}

/**
 * The integer pair within `0..max` whose ratio comes nearest to `weight` percent for `candidate`.
 * A share above 0 and below 100 keeps both sides at 1 or more, so that no step silently becomes none or all.
 * Of equally near pairs the one with the smallest total wins: 50 % reads `1 : 1`, not `127 : 127`.
 */
export function quantize(weight: Weight, candidate: Slot, max: number): SlotWeights {
  const pair = nearestPair(weight, max)
  return candidate === 'blue'
    ? { blue: pair.candidate, green: pair.live }
    : { blue: pair.live, green: pair.candidate }
}

function nearestPair(weight: Weight, max: number): { candidate: number; live: number } {
  if (!(weight >= 0 && weight <= 100)) {
    throw new RangeError(`a weight is a percentage from 0 to 100, not ${weight}`)
  }
  if (weight === 0) return { candidate: 0, live: max }
  if (weight === 100) return { candidate: max, live: 0 }
  const share = weight / 100
  let best = { candidate: 1, live: 1 }
  let nearest = Math.abs(0.5 - share)
  const consider = (candidate: number, live: number) => {
    if (candidate < 1 || live < 1 || candidate > max || live > max) return
    const distance = Math.abs(candidate / (candidate + live) - share)
    const closer = distance < nearest - 1e-12
    const asCloseAndSmaller =
      Math.abs(distance - nearest) <= 1e-12 && candidate + live < best.candidate + best.live
    if (closer || asCloseAndSmaller) {
      best = { candidate, live }
      nearest = distance
    }
  }
  for (let candidate = 1; candidate <= max; candidate++) {
    const live = (candidate * (1 - share)) / share
    consider(candidate, Math.floor(live))
    consider(candidate, Math.ceil(live))
    consider(candidate, max)
  }
  return best
}
