import type { Definition } from '../model/definition.ts'
import { formatDuration } from '../model/duration.ts'
import { EXECUTION_LIMIT } from '../model/execution-limits.ts'
import { type Freeze, frozenAt } from '../model/freeze.ts'
import type { Gate, GateKind } from '../model/gate.ts'
import type { Line } from '../model/line.ts'
import type { Plan } from '../model/plan.ts'
import { inOrder, pausedBy, type Rollout } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'

/** What the gates look at on the record. */
export type Gated = Pick<
  Rollout,
  'signals' | 'step' | 'candidate' | 'gate' | 'startedAt' | 'readyAt'
>

/** What they look at besides. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly line: Line | undefined
  /** As the table has them now, or why they cannot be read. */
  readonly freeze: readonly Freeze[] | { readonly broken: string }
}

export type GateAnswer =
  /** Nothing holds the step; `approval` is the one that opened it, where one was asked for. */
  | { readonly kind: 'open'; readonly approval?: Signal }
  | { readonly kind: 'closed'; readonly gate: Gate }
  /** It has been closed for too long: the rollout fails back. */
  | { readonly kind: 'given-up'; readonly reason: string }

/** What closes a gate; who asks adds the step and since when. */
type Closed = Pick<Gate, 'kind' | 'reason' | 'until'>

/**
 * The step that comes next: one more, or the last at once where somebody promoted in full. After the last comes the
 * promotion, by the number after it.
 */
export function nextStep(rollout: Pick<Rollout, 'signals' | 'step'>, plan: Plan): number {
  const full = inOrder(rollout).some(({ kind }) => kind === 'promote-full')
  return full && rollout.step < plan.length ? plan.length : rollout.step + 1
}

/**
 * May the next step happen? Pure. The gates are asked in the order of `GateKind`, and the first that is closed is told.
 * What it holds up is more traffic and the promotion; failing back never comes here.
 */
export function gatesBefore(
  rollout: Gated,
  definition: Definition,
  around: Surroundings,
): GateAnswer {
  const { now } = around
  const step = nextStep(rollout, definition.plan)
  const sinceOf = (kind: GateKind) =>
    rollout.gate?.kind === kind && rollout.gate.step === step ? rollout.gate.since : now
  const closed = (found: Closed): GateAnswer => ({
    kind: 'closed',
    gate: { ...found, step, since: sinceOf(found.kind) },
  })

  const paused = pause(rollout, definition, now)
  if (paused?.kind === 'given-up') return paused
  if (now - rollout.startedAt >= EXECUTION_LIMIT * 1000) {
    const reason = `it was held for so long that it has taken ${formatDuration(EXECUTION_LIMIT)}, all that a rollout may; trigger it again`
    return { kind: 'given-up', reason }
  }
  const found =
    paused ?? stoppedLine(around) ?? frozen(around) ?? testWindow(rollout, definition, now)
  if (found) return closed(found)
  return approval(rollout, definition, { step, now, since: sinceOf('approval'), closed })
}

/** A pause closes its gate at every look, not only at one that passes a step. */
export function pause(
  rollout: Pick<Rollout, 'signals'>,
  { holdTimeout }: Definition,
  now: number,
):
  | (Closed & { readonly kind: 'pause' })
  | (GateAnswer & { readonly kind: 'given-up' })
  | undefined {
  const signal = pausedBy(rollout)
  if (!signal) return undefined
  const told = `paused by ${signal.who}: ${signal.why}`
  const until = signal.at + holdTimeout * 1000
  if (now < until) return { kind: 'pause', reason: told, until }
  const reason = `nobody resumed within ${formatDuration(holdTimeout)}; ${told}`
  return { kind: 'given-up', reason }
}

function stoppedLine({ line }: Surroundings): Closed | undefined {
  if (!line?.stopped) return undefined
  const by = line.who === undefined ? '' : ` by ${line.who}`
  const why = line.reason === undefined ? '' : `: ${line.reason}`
  return { kind: 'line', reason: `the line is stopped${by}${why}` }
}

function frozen({ freeze, now }: Surroundings): Closed | undefined {
  if ('broken' in freeze) return { kind: 'freeze', reason: freeze.broken }
  const found = frozenAt(freeze, now)
  return found && { kind: 'freeze', ...found }
}

/** Time without traffic before the first step; `promote` ends it. */
function testWindow(rollout: Gated, { testWindow }: Definition, now: number): Closed | undefined {
  if (rollout.step > 0 || testWindow === 0 || hurriedBy(rollout)) return undefined
  const until = (rollout.readyAt ?? now) + testWindow * 1000
  if (now >= until) return undefined
  const reason = `${rollout.candidate} may be tried without traffic for ${formatDuration(testWindow)}`
  return { kind: 'window', reason, until }
}

/** Who wants the present step to pass as soon as its checks do. */
export function hurriedBy(rollout: Pick<Rollout, 'signals' | 'step'>): Signal | undefined {
  return inOrder(rollout).findLast(
    ({ kind, step }) => kind === 'promote-full' || (kind === 'promote' && step === rollout.step),
  )
}

/** Of steps that are jumped over the approval is asked for as well, once, for the step that is jumped to. */
function approval(
  rollout: Gated,
  { plan, approval }: Definition,
  at: {
    readonly step: number
    readonly now: number
    readonly since: number
    readonly closed: (found: Closed) => GateAnswer
  },
): GateAnswer {
  const { step, now, since } = at
  const promotes = step > plan.length
  const needed = promotes
    ? approval.beforePromote
    : plan.slice(rollout.step, step).some((one) => one.approval)
  if (!needed) return { kind: 'open' }
  const given = inOrder(rollout).find((one) => one.kind === 'approve' && one.step === step)
  if (given) return { kind: 'open', approval: given }
  const what = promotes ? 'the promotion' : `step ${step} (${plan[step - 1]?.weight} %)`
  const patience = formatDuration(approval.timeout)
  const until = since + approval.timeout * 1000
  if (now < until) {
    return at.closed({ kind: 'approval', reason: `waiting for approval of ${what}`, until })
  }
  if (approval.onTimeout === 'fail-back') {
    return { kind: 'given-up', reason: `nobody approved ${what} within ${patience}` }
  }
  const number = 1 + Math.max(0, ...inOrder(rollout).map((signal) => signal.number))
  return {
    kind: 'open',
    approval: {
      id: `approval-timeout:${step}`,
      kind: 'approve',
      number,
      step,
      at: now,
      who: 'the definition',
      why: `nobody answered within ${patience}, and approval.onTimeout is "approve"`,
      seenAt: now,
    },
  }
}
