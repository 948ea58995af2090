import type { DefinitionShape } from './definition-shape.ts'
import { patience } from './hooks.ts'

/** Events that an execution's history may hold, and what each part of the workflow writes into it (ADR 0005). */
export const HISTORY_LIMIT = 25_000
const EVENTS_PER_LOOK = 13
const EVENTS_PER_STEP = 100
const EVENTS_PER_ROLLOUT = 2_400
/** A wait retries at most every so many seconds, with three events each. */
const SECONDS_PER_RETRY = 15
const EVENTS_PER_RETRY = 3
/** Looks while a rollout is held for a person, however long the hold. */
export const LOOKS_PER_HOLD = 100
/** Seconds that a rollout may take at most; the workflow's own timeout lies above. */
export const EXECUTION_LIMIT = 30 * 86_400

/** Assessments that fit into one execution's history beside everything else a rollout may need. */
export function mostLooks(
  definition: Pick<DefinitionShape, 'plan' | 'ready' | 'capacity' | 'hooks'>,
): number {
  const { plan, ready, capacity, hooks } = definition
  const waits = ready.timeout + patience(hooks, 'beforeTraffic') + plan.length * capacity.deadline
  const others =
    EVENTS_PER_ROLLOUT +
    plan.length * EVENTS_PER_STEP +
    Math.ceil(waits / SECONDS_PER_RETRY) * EVENTS_PER_RETRY
  return Math.floor((HISTORY_LIMIT - others) / EVENTS_PER_LOOK)
}
