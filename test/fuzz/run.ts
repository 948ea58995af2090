import { createDice } from './dice.ts'
import type { Failure, Target } from './target.ts'

/** After so many inputs a target begins anew: what has grown must not slow the others down. */
const RENEWED_AFTER = 2_000

export interface Run {
  readonly target: Target
  readonly inputs: number
  /** Of the first input; each further one has the next. */
  readonly from: number
  /** Hears of each input before it is fed. */
  readonly onInput?: (seed: number) => void
  /** How many failures end the run. */
  readonly enough?: number
}

/** Feeds a target with the inputs of so many seeds. */
export async function fuzz(run: Run): Promise<readonly Failure[]> {
  const { target, inputs, from, onInput, enough = 1 } = run
  const failures: Failure[] = []
  for (let index = 0; index < inputs && failures.length < enough; index++) {
    const seed = from + index
    onInput?.(seed)
    if (index > 0 && index % RENEWED_AFTER === 0) await target.renew?.()
    try {
      // Most targets answer at once: a turn of the event loop for each input would take longer than they do.
      const fed = target.feed(createDice(seed))
      if (fed) await fed
    } catch (error) {
      failures.push({ target: target.name, seed, error })
    }
  }
  return failures
}
