import type { Decision } from '../analysis/decide.ts'
import { TransientError } from '../errors.ts'
import type { Gate } from '../model/gate.ts'
import type { DecisionKind } from '../model/position.ts'
import {
  pendingSignals,
  type Rollout,
  type RolloutStatus,
  withEntry,
  without,
} from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import type { PreparedRollout } from './hold.ts'

/** A decision that has been through the gates. */
export type GatedDecision = Omit<Decision, 'kind' | 'progress'> &
  Partial<Pick<Decision, 'progress'>> & {
    readonly kind: DecisionKind | 'ready'
    /** What keeps the next step from happening. */
    readonly gate?: Gate
    /** What opened the approval's gate. */
    readonly approval?: Signal
    /** Tasks that the next step's share needs, and that ran. */
    readonly tasksNeeded?: number
  }

const STATUS_OF: Partial<Record<GatedDecision['kind'], RolloutStatus>> = {
  bake: 'baking',
  hold: 'holding',
  promote: 'promoting',
  'fail-back': 'failing-back',
}

/** Puts a look's decision on the record, with all that it was made of. */
export function decided(
  present: PreparedRollout,
  judged: Rollout,
  outcome: GatedDecision &
    Pick<Rollout, 'evidence' | 'memory' | 'series'> & {
      readonly now: number
      /** What the look counts as. */
      readonly looks: number
    },
  who: string,
): Rollout {
  const { kind, reason, evidence, memory = {}, series = {}, progress, now, gate } = outcome
  const { tasksNeeded } = outcome
  // Only what this decision knew of is seen; a signal that came meanwhile stays pending and wakes the next bake.
  const seen = pendingSignals(judged).map((signal) => [signal.id, { ...signal, seenAt: now }])
  const record: Rollout = {
    ...without(present, 'waiting', 'gate'),
    status: STATUS_OF[kind] ?? present.status,
    signals: withApproval({ ...present.signals, ...Object.fromEntries(seen) }, outcome.approval),
    looks: judged.looks + outcome.looks,
    ...(progress ? { progress } : {}),
    ...(gate ? { gate } : {}),
    ...(tasksNeeded === undefined || kind !== 'shift' ? {} : { tasksNeeded }),
    evidence,
    memory,
    series,
    reason,
  }
  const news = (kind !== 'bake' && kind !== 'ready') || seen.length > 0
  const repeated = kind === 'hold' && judged.status === 'holding' && seen.length === 0
  const what = isNews(judged.gate, gate) ? 'held' : `decided to ${kind}`
  return (news && !repeated) || what === 'held'
    ? withEntry(record, { at: now, what, why: reason, who })
    : record
}

/** Whether a gate closed only now: told once, on the timeline and to whoever listens. */
export function isNews(before: Gate | undefined, gate: Gate | undefined): gate is Gate {
  return gate !== undefined && (before?.kind !== gate.kind || before.step !== gate.step)
}

/** An approval that nobody gave but the definition: from here on it is one as any other. */
export function withApproval(
  signals: Rollout['signals'],
  approval: Signal | undefined,
): Rollout['signals'] {
  if (!approval || signals[approval.id]) return signals
  const number = 1 + Math.max(0, ...Object.values(signals).map((signal) => signal.number))
  return { ...signals, [approval.id]: { ...approval, number } }
}

/**
 * The workflow may give an invocation up that still runs, and start another. Which of the two it waits for is not to be
 * known here: the later one looks again, with all that the earlier one wrote.
 * @throws {TransientError}
 */
export function refuseLateLook(present: PreparedRollout, judged: Rollout): PreparedRollout {
  if (present.looks === judged.looks && present.step === judged.step) return present
  throw new TransientError(
    `rollout ${judged.rollout} was assessed by another invocation meanwhile; this look is late`,
  )
}
