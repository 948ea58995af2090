import { seededRandom } from '../../local/seeded-random.ts'

/** What a seed decides, one throw after the other. */
export interface Dice {
  /** From 0 up to 1. */
  float(): number
  chance(probability: number): boolean
  /** A whole number, both ends included. */
  int(from: number, to: number): number
  pick<T>(of: readonly T[]): T
}

export function diceOf(seed: number): Dice {
  // Neighbouring seeds of mulberry32 begin alike: a few throws and a mix set them apart.
  const float = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995)
  const int = (from: number, to: number) => from + Math.floor(float() * (to - from + 1))
  return {
    float,
    chance: (probability) => float() < probability,
    int,
    pick: (of) => {
      const found = of[int(0, of.length - 1)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
  }
}
