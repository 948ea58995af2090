import { brief } from '../model/brief.ts'
import type { Definition } from '../model/definition.ts'
import { LOOKS_PER_HOLD, mostLooks } from '../model/execution-limits.ts'
import type { Step } from '../model/plan.ts'
import type { DecisionKind } from '../model/position.ts'
import {
  pendingSignals,
  type Rollout,
  type StepProgress,
  wishToStop,
  without,
} from '../model/rollout.ts'
import { deciding, type Verdict } from '../model/verdict.ts'
import { hurriedBy } from './gates.ts'
import { pace } from './pace.ts'

/** What `decide` looks at: a baking or held rollout. */
export type Deciding = Pick<
  Rollout,
  'status' | 'reason' | 'step' | 'candidate' | 'signals' | 'looks' | 'progress' | 'waiting' | 'gate'
>

export interface Decision {
  readonly kind: DecisionKind
  /** Reads as a sentence. */
  readonly reason: string
  /** How long the next bake or hold lasts at most; at least 1. */
  readonly seconds: number
  readonly progress: StepProgress
}

/**
 * What to do next. Pure: the same record, verdicts and time give the same answer.
 *
 * In this order: a person's or a newer revision's wish to stop; a check that failed; an execution whose history
 * is nearly full; and then the step: it is passed when its bake is over and every check passes at that very
 * look, so neither missing data nor a provider's error ever passes one. `promoteEarly` passes it sooner, once every
 * comparison is sure, and a person's `promote` at the first such look. Without a clear answer the bake is extended by up to `maxExtension`, which time that hooks take uses
 * up nothing of, and then
 * `onInconclusive` says what follows: a person is asked, all traffic goes back, or the step passes all the same, which
 * only ever forgives too little data, never none and never a provider's error.
 *
 * Whether what is decided may happen is for the gates to say. While one is closed, too little traffic uses up no extension.
 */
export function decide(
  rollout: Deciding,
  seen: readonly Verdict[],
  definition: Definition,
  now: number,
): Decision {
  const verdicts = deciding(seen)
  const step = definition.plan[rollout.step - 1]
  const before = rollout.progress
  if (!step || !before) throw new RangeError(`step ${rollout.step} is not baking`)

  const left = bakeLeft(step, before, now)
  const clear = verdicts.length > 0 && verdicts.every(({ kind }) => kind === 'pass')
  const broken = verdicts.some(({ kind }) => kind === 'error')
  // Clients may still hold the answer of the step before: until then nothing is passed.
  const begun = left <= step.bake
  const waits = clear || (rollout.gate !== undefined && missingFrom(verdicts) === undefined)
  const progress: StepProgress = {
    ...(clear ? without(before, 'heldSince') : before),
    passed: before.passed + (clear && begun ? 1 : 0),
    errors: broken ? before.errors + 1 : 0,
    ...(waits && left <= 0 ? { clearAt: now } : {}),
  }
  const answer = (kind: DecisionKind, reason: string, seconds = 1): Decision => ({
    kind,
    reason: brief(reason),
    seconds: Math.max(1, Math.ceil(seconds)),
    progress,
  })

  const stop = wishToStop({ ...rollout, definition })
  if (stop) return answer('fail-back', stop)
  const failed = verdicts.filter(({ kind }) => kind === 'fail')
  if (failed.length > 0) return answer('fail-back', failed.map(reasonOf).join('; '))
  const full = historyFull(rollout, definition)
  if (full) return answer('fail-back', full)

  const last = rollout.step === definition.plan.length
  const passed = (reason: string) => answer(last ? 'promote' : 'shift', reason)
  if (left > 0) {
    const early =
      clear && begun ? whyEarly(rollout, verdicts, definition, step.bake - left) : undefined
    if (early)
      return passed(
        `${early}, ${Math.floor(step.bake - left)} s of ${step.bake} s at ${step.weight} %`,
      )
    const reason = clear
      ? begun
        ? `all checks pass; ${Math.ceil(left)} s of ${step.bake} s to bake`
        : `all checks pass; clients may hold the old answer for another ${Math.ceil(left - step.bake)} s`
      : `waiting for an answer: ${unclear(verdicts)}`
    return answer('bake', reason, Math.min(definition.interval, left))
  }
  if (clear) return passed(`all checks pass after ${step.bake} s at ${step.weight} %`)
  return extended(rollout, verdicts, definition, { now, left, progress, answer, passed })
}

/** Why there can be no look after this one. */
export function historyFull(
  { looks }: Pick<Rollout, 'looks'>,
  definition: Definition,
): string | undefined {
  return looks >= mostLooks(definition)
    ? `${looks} looks fill the execution's history; use a longer interval`
    : undefined
}

/** Why the step need not bake on: somebody said so, or all comparisons are sure. */
function whyEarly(
  rollout: Deciding,
  verdicts: readonly Verdict[],
  definition: Definition,
  baked: number,
): string | undefined {
  const by = hurriedBy(rollout)
  if (by) return `all checks pass and ${by.who} promotes (${by.why})`
  return sureEarly(verdicts, definition, baked)
}

/**
 * Why the step need not bake on: every comparison is sure that the candidate's rate lies under the bound, and the
 * minimum bake is over. One comparison that is not, or none at all, and the bake goes on.
 */
function sureEarly(
  verdicts: readonly Verdict[],
  { promoteEarly }: Definition,
  baked: number,
): string | undefined {
  if (!promoteEarly || baked < promoteEarly.minimumBake) return undefined
  const comparisons = verdicts.filter(({ underBound }) => underBound !== undefined)
  return comparisons.length > 0 && comparisons.every(({ underBound }) => underBound)
    ? `all checks pass and the candidate is surely under ${promoteEarly.bound} times as bad`
    : undefined
}

function extended(
  rollout: Deciding,
  verdicts: readonly Verdict[],
  definition: Definition,
  at: {
    readonly now: number
    readonly left: number
    readonly progress: StepProgress
    readonly answer: (kind: DecisionKind, reason: string, seconds?: number) => Decision
    readonly passed: (reason: string) => Decision
  },
): Decision {
  const { answer, passed, now, left, progress } = at
  const why = unclear(verdicts)
  const patience = definition.maxExtension - unclearFor(progress, now, -left)
  const approved = pendingSignals(rollout).find(
    ({ kind, step }) => kind === 'approve' && step === rollout.step,
  )
  if (approved) {
    // A person vouches for more time, not for the candidate: no step is passed on missing data.
    const step = definition.plan[rollout.step - 1]
    const startedAt = now - (step?.bake ?? 0) * 1000
    return {
      ...answer(
        'bake',
        `${approved.who} approved another ${definition.maxExtension} s: ${why}`,
        definition.interval,
      ),
      progress: { startedAt, passed: progress.passed, errors: 0 },
    }
  }
  if (progress.heldSince !== undefined) {
    return heldOn(progress.heldSince, definition, now, answer, why)
  }
  if (patience > 0 && progress.errors <= definition.maxErrors) {
    const every = rollout.gate ? pace(rollout.gate, rollout, definition, now) : definition.interval
    return answer('bake', `bake extended: ${why}`, Math.min(every, patience))
  }
  const given =
    patience > 0
      ? `after ${progress.errors} errors in a row`
      : `after ${definition.maxExtension} s more`
  const told = `no clear answer ${given}`
  switch (definition.onInconclusive) {
    case 'hold':
      return {
        ...answer('hold', `${told}, waiting for a person: ${why}`, holdLook(definition)),
        progress: { ...progress, heldSince: now },
      }
    case 'pass': {
      const missing = missingFrom(verdicts)
      return missing
        ? answer('fail-back', `${told}, and ${missing} never passes a step: ${why}`)
        : passed(`${told}, passed as the definition says: ${why}`)
    }
    case 'fail-back':
      return answer('fail-back', `${told}: ${why}`)
  }
}

/** What is missing that even `onInconclusive: pass` needs: of every check an answer, or at least some data. */
function missingFrom(verdicts: readonly Verdict[]): string | undefined {
  if (verdicts.length === 0) return 'no check'
  if (verdicts.some(({ kind }) => kind === 'error')) return "a provider's error"
  const open = verdicts.filter(({ kind }) => kind === 'inconclusive')
  return open.every(({ tooLittle }) => tooLittle) ? undefined : 'missing data'
}

function heldOn(
  since: number,
  definition: Definition,
  now: number,
  answer: (kind: DecisionKind, reason: string, seconds?: number) => Decision,
  why: string,
): Decision {
  const left = definition.holdTimeout - (now - since) / 1000
  return left > 0
    ? answer('hold', `waiting for a person: ${why}`, Math.min(left, holdLook(definition)))
    : answer('fail-back', `nobody answered within ${definition.holdTimeout} s: ${why}`)
}

/** A held rollout is looked at as well, but so rarely that even the longest hold fits into the history. */
function holdLook(definition: Definition): number {
  return Math.max(definition.interval, definition.holdTimeout / LOOKS_PER_HOLD)
}

/** Seconds of the bake that are left; negative past its end. A clock that jumped back never shortens it. */
function bakeLeft(step: Step, progress: StepProgress, now: number): number {
  return step.bake - (now - progress.startedAt) / 1000
}

/** Seconds without a clear look: since the bake's end, or since one that hooks or a gate kept from passing the step. */
function unclearFor({ clearAt }: StepProgress, now: number, overdue: number): number {
  return clearAt === undefined ? overdue : Math.min(overdue, (now - clearAt) / 1000)
}

function unclear(verdicts: readonly Verdict[]): string {
  const open = verdicts.filter(({ kind }) => kind !== 'pass')
  return open.length > 0 ? open.map(reasonOf).join('; ') : 'no check answered'
}

function reasonOf(verdict: Verdict): string {
  return verdict.reason
}
