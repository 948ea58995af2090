import type { Freeze } from '../../core/model/freeze.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import type { Journal } from './journal.ts'
import type { Records } from './records.ts'

/** The line and the calendar are read at the beginning of a decision, and it is on the record within this. */
const DECIDED_WITHIN = 40_000
/** How far a function's clock may be ahead, which then sees the end of a freeze before it comes. */
const AHEAD = 1_000

/** No step up, and no promotion, while the rollout is paused, frozen, its line stopped, or a person not asked. */
export function createGateInvariants(
  records: Pick<Records, 'stoppedSince' | 'frozen'>,
  { violated }: Pick<Journal, 'violated'>,
) {
  const RULE = 'no step up against a closed gate'

  function risen(before: Rollout, after: Rollout): void {
    const promoted = before.outcome === undefined && after.outcome === 'promoted'
    if (after.step <= before.step && !promoted) return
    const { rollout, definition } = after
    const what = promoted ? 'was promoted' : `rose to step ${after.step}`
    if (isPaused(before)) violated(RULE, `${rollout} ${what} while it is paused`)
    if (!definition) return
    const { plan, approval } = definition
    const asked = promoted
      ? approval.beforePromote
      : plan.slice(before.step, after.step).some((step) => step.approval)
    const target = promoted ? plan.length + 1 : after.step
    const approved = Object.values(after.signals).some(
      ({ kind, step, who }) =>
        kind === 'approve' &&
        step === target &&
        (who !== 'the definition' || approval.onTimeout === 'approve'),
    )
    if (asked && !approved) violated(RULE, `${rollout} ${what} without an approval`)
  }

  function decided(before: Rollout, after: Rollout): void {
    if (!isDecision(before, after)) return
    const now = Date.now()
    const { stoppedSince, frozen } = records
    if (stoppedSince !== undefined && now - stoppedSince > DECIDED_WITHIN) {
      violated(RULE, `${after.rollout} goes on, and the line is stopped since ${stoppedSince}`)
    }
    const known = now - frozen.since > DECIDED_WITHIN
    if (
      known &&
      frozen.freeze.some((freeze) => covers(freeze, now - DECIDED_WITHIN, now + AHEAD))
    ) {
      violated(RULE, `${after.rollout} goes on, and is frozen`)
    }
  }

  return (before: Rollout, after: Rollout): void => {
    risen(before, after)
    decided(before, after)
  }
}

function isPaused({ signals }: Rollout): boolean {
  const wishes = Object.values(signals).filter(({ kind }) => kind === 'pause' || kind === 'resume')
  return wishes.sort((a, b) => a.number - b.number).at(-1)?.kind === 'pause'
}

/** To shift or to promote; before the first step that shows by the status alone. */
function isDecision(before: Rollout, after: Rollout): boolean {
  const count = ({ timeline }: Rollout) =>
    timeline.filter(({ what }) => /^decided to (shift|promote)$/.test(what)).length
  const first = after.status === 'shifting' && before.status !== 'shifting' && after.step === 0
  return first || count(after) > count(before)
}

/** Windows of the calendar are for the unit tests; a simulation begins on one day and ends on it. */
const covers = (freeze: Freeze, from: number, to: number): boolean =>
  freeze.kind === 'dates' && freeze.from <= from && to < freeze.to
