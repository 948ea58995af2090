import type { CheckDefinition } from '../model/definition.ts'
import type { Verdict } from '../model/verdict.ts'
import type { CheckContext } from './checks/check.ts'

/**
 * Whether a check has to be run at this look. Its last verdict stands for its own interval, and within one step only:
 * a shift makes a new question of it. Only a clear one stands: without an answer the check is asked at every look, or one
 * error of a provider would count at each look as another, and an extension pass by unasked. A look comes a little early
 * at times, so one that is nearer to the check's time than the next one would be counts as it. Without an interval of its
 * own a check is run at every look.
 */
export function isDue(
  check: CheckDefinition,
  last: Verdict,
  context: Pick<CheckContext, 'now' | 'stepStartedAt' | 'interval'>,
): boolean {
  if (check.interval === undefined || last.at === undefined) return true
  if (last.kind === 'error' || last.kind === 'inconclusive') return true
  if (last.at < context.stepStartedAt || last.at > context.now) return true
  return context.now - last.at > (check.interval - context.interval / 2) * 1000
}

/**
 * Whether this look asks every check: the first one after the step's bake, at which it may be passed, and one that a
 * signal woke.
 */
export function asksAll(
  step: { readonly startedAt: number; readonly bake: number },
  evidence: readonly Verdict[],
  now: number,
  signalled: boolean,
): boolean {
  const over = step.startedAt + step.bake * 1000
  return signalled || (now >= over && evidence.some(({ at = 0 }) => at < over))
}
