import { seededRandom } from '../../local/seeded-random.ts'

/** Throws of one seed: the same ones for the same seed. */
export interface Dice {
  /** A whole number from 0 to below `sides`. */
  below(sides: number): number
  /** True once in so many throws. */
  oneIn(sides: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

export function createDice(seed: number): Dice {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ (seed >>> 16))
  const below = (sides: number) => Math.floor(random() * sides)
  return {
    below,
    oneIn: (sides) => below(sides) === 0,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined && items.length === 0) throw new RangeError('nothing to pick from')
      return item as (typeof items)[number]
    },
  }
}
