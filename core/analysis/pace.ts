import type { Definition } from '../model/definition.ts'
import {
  fixedLooks,
  LOOKS_BEFORE_TRAFFIC,
  longestBakes,
  mostLooks,
} from '../model/execution-limits.ts'
import type { Gate } from '../model/gate.ts'
import type { Rollout } from '../model/rollout.ts'

/** One gate uses up to about two thirds of the looks that are to spare, and leaves the rest to those that follow. */
const PART = 4
/** Looks that no gate's length counts on: each that closes takes one at least, and the last ones are far apart. */
const MARGIN = 30

/**
 * Seconds until the next look while a gate is closed: the interval, as long as the execution's history has room for
 * it, and longer else, so that no wait outgrows the history. The looks of the plan that is still to come are kept free. Of the
 * others, those to spare, each takes its part of the time that is left:
 *
 *   seconds = max(interval, 4 · left / spare)
 *
 * As `left` runs out and `spare` shrinks with each look, spare falls as the fourth root of left and so never to nothing. Where
 * nobody knows how long a gate stays closed, it is taken to last as long again as it has.
 * With 1,600 looks to spare and an interval of 30 s, an approval of 24 h begins with a look every three and a half minutes.
 */
export function pace(
  gate: Pick<Gate, 'since' | 'until'>,
  rollout: Pick<Rollout, 'looks' | 'step'>,
  definition: Definition,
  now: number,
): number {
  const left = gate.until === undefined ? now - gate.since : gate.until - now
  const each = rollout.step === 0 ? LOOKS_BEFORE_TRAFFIC : 1
  const spare = Math.max(1, (spareLooks(rollout, definition) - MARGIN) / each)
  const seconds = (PART * Math.max(0, left / 1000)) / spare
  const most = gate.until === undefined ? Number.POSITIVE_INFINITY : left / 1000
  return Math.max(1, Math.ceil(Math.min(Math.max(definition.interval, seconds), most)))
}

/** Looks that neither were used nor may be needed for the plan from the present step on; may be negative. */
export function spareLooks(
  { looks, step }: Pick<Rollout, 'looks' | 'step'>,
  definition: Definition,
): number {
  const needed = Math.ceil(longestBakes(definition, step) / definition.interval)
  return mostLooks(definition) - looks - needed - fixedLooks(definition, step)
}
