import { seededRandom } from '../../seeded-random.ts'
import type { EcsEvent } from './events.ts'

export interface DeliveryOptions {
  /** Deliver some events more than once. */
  readonly duplicate?: boolean
  /** Let some events arrive after later ones. */
  readonly reorder?: boolean
  readonly seed?: number
}

/** How long an event may be held back, so that later ones overtake it. Milliseconds. */
const LATENESS = 400

/**
 * ECS delivers at least once and possibly out of order. This does the same on purpose, and the same way for the
 * same seed: a third of the events comes twice, a quarter comes late.
 */
export function unreliableDelivery(
  publish: (event: EcsEvent) => void,
  { duplicate = false, reorder = false, seed = 1 }: DeliveryOptions = {},
): (event: EcsEvent) => void {
  const random = seededRandom(seed)
  return (event) => {
    const twice = random() < 1 / 3
    const late = random() < 1 / 4
    const delay = random() * LATENESS
    if (duplicate && twice) setTimeout(() => publish(event), random() * LATENESS)
    if (reorder && late) setTimeout(() => publish(event), delay)
    else publish(event)
  }
}
