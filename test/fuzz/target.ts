import type { Dice } from './dice.ts'

/** Something that is fed with anything and may only answer as it says it does. */
export interface Target {
  readonly name: string
  /** @throws whatever is wrong with how the input was answered. */
  feed(dice: Dice): void | Promise<void>
  /** Called after so many inputs: what has grown begins anew. */
  renew?(): Promise<void>
  close?(): Promise<void>
}

export interface Failure {
  readonly target: string
  /** The input by itself: `npm run fuzz -- --of TARGET --from SEED --inputs 1`. */
  readonly seed: number
  readonly error: unknown
}
