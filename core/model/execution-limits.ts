import type { DefinitionShape } from './definition-shape.ts'
import { patience } from './hooks.ts'

/** Events that an execution's history may hold, and what each part of the workflow writes into it (ADR 0005, 0024). */
export const HISTORY_LIMIT = 25_000
const EVENTS_PER_LOOK = 13
const EVENTS_PER_STEP = { alb: 100, route53: 150 } as const
const EVENTS_PER_ROLLOUT = 2_500
/** `Keep Warm` 2, `Scale Down` 5 and three for each of its 25 retries. */
const EVENTS_TO_SCALE_DOWN = 82
/** A wait retries at most every so many seconds, with three events each. */
const SECONDS_PER_RETRY = 15
const EVENTS_PER_RETRY = 3
/** Looks while a rollout is held for a person, however long the hold. */
export const LOOKS_PER_HOLD = 100
/** Looks kept free for closed gates: `pace` makes do with them however many gates there are and however long they last. */
export const LOOKS_FOR_GATES = 150
/** What counts as looks before the first step, where `Wait Until Ready` and another `Decide` belong to each. */
export const LOOKS_BEFORE_TRAFFIC = 2
/** Seconds that a rollout may take at most; the workflow's own timeout lies above. */
export const EXECUTION_LIMIT = 30 * 86_400

/** Assessments that fit into one execution's history beside everything else a rollout may need. */
export function mostLooks(
  definition: Pick<DefinitionShape, 'plan' | 'ready' | 'scaleDown' | 'hooks' | 'router'>,
): number {
  const { plan, ready, scaleDown, hooks, router } = definition
  const waits = ready.timeout + patience(hooks, 'beforeTraffic')
  const others =
    EVENTS_PER_ROLLOUT +
    (scaleDown ? EVENTS_TO_SCALE_DOWN : 0) +
    plan.length * EVENTS_PER_STEP[router.type] +
    Math.ceil(waits / SECONDS_PER_RETRY) * EVENTS_PER_RETRY
  return Math.floor((HISTORY_LIMIT - others) / EVENTS_PER_LOOK)
}

/**
 * Seconds that the plan's steps may bake, from one on: each for its whole extension, and then waited on by its hooks.
 * What closed gates take is not among them.
 */
export function longestBakes(
  { plan, maxExtension, hooks }: Pick<DefinitionShape, 'plan' | 'maxExtension' | 'hooks'>,
  from = 1,
): number {
  const steps = plan.slice(Math.max(0, from - 1))
  return (
    steps.reduce((sum, { bake }) => sum + bake + maxExtension, 0) +
    steps.length * patience(hooks, 'afterStep') +
    patience(hooks, 'beforePromote')
  )
}

/** Looks that no interval changes. */
export function fixedLooks(
  { plan, onInconclusive }: Pick<DefinitionShape, 'plan' | 'onInconclusive'>,
  from = 1,
): number {
  const steps = plan.length - Math.max(0, from - 1)
  return steps + (onInconclusive === 'hold' ? LOOKS_PER_HOLD : 0)
}
