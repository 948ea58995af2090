import type { Definition } from '../model/definition.ts'
import {
  fixedLooks,
  LOOKS_BEFORE_TRAFFIC,
  longestBakes,
  mostLooks,
} from '../model/execution-limits.ts'
import type { Gate } from '../model/gate.ts'
import type { Rollout } from '../model/rollout.ts'

/** One gate uses at most about four fifths of the looks that are to spare, and leaves the rest to those that follow. */
const PART = 6
/** Looks that no gate's length counts on: each that closes takes one at least, and seldom ones are taken from here. */
const MARGIN = 50
/** Seconds between looks where none is to spare: after very many gates, or very long ones. */
const SELDOM = 2 * 86_400

/**
 * Seconds until the next look while a gate is closed: the interval, as long as the execution's history has room for
 * it, and longer else, so that no wait outgrows the history. The looks of the plan that is still to come are kept free. Of the
 * others, those to spare, each takes its part of the time that the gate stays closed, as far as that can be told:
 *
 *   seconds = max(interval, 6 · ahead / spare)
 *
 * What is ahead is as long again as it has been closed, for it mostly opens soon or late, and at most what is left until it
 * opens by itself. So spare, which shrinks with each look, falls as the sixth root of the time that is gone, and never to
 * nothing. With 1,600 looks to spare and an interval of 30 s, a pause has a look each 30 s for two hours, and each five
 * minutes after a day.
 */
export function pace(
  gate: Pick<Gate, 'since' | 'until'>,
  rollout: Pick<Rollout, 'looks' | 'step'>,
  definition: Definition,
  now: number,
): number {
  const left = gate.until === undefined ? Number.POSITIVE_INFINITY : gate.until - now
  const ahead = Math.max(0, Math.min(now - gate.since, left)) / 1000
  const each = rollout.step === 0 ? LOOKS_BEFORE_TRAFFIC : 1
  const spare = (spareLooks(rollout, definition) - MARGIN) / each
  const seconds = spare < 1 ? SELDOM : (PART * ahead) / spare
  return Math.max(1, Math.ceil(Math.min(Math.max(definition.interval, seconds), left / 1000)))
}

/** Looks that neither were used nor may be needed for the plan from the present step on; may be negative. */
export function spareLooks(
  { looks, step }: Pick<Rollout, 'looks' | 'step'>,
  definition: Definition,
): number {
  const needed = Math.ceil(longestBakes(definition, step) / definition.interval)
  return mostLooks(definition) - looks - needed - fixedLooks(definition, step)
}
