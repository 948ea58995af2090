import { brief } from '../model/brief.ts'
import { type CanaryState, claimOf } from '../model/canary-state.ts'
import { newRollout, type Rollout, withEntry } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import { withRoom } from '../model/signal-limits.ts'
import type { Ports } from '../ports.ts'
import { type NotRecorded, objectionTo } from './answer-signal.ts'

export type RecordedSignal = { readonly kind: 'recorded' } | NotRecorded

/**
 * Records a signal on the active rollout, then wakes its bake. In this order, and `bake` in the opposite one
 * (token first, then pending signals), no wake-up is lost.
 */
export async function recordSignal(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  state: CanaryState,
  signal: Omit<Signal, 'number' | 'step'>,
): Promise<RecordedSignal> {
  const outcome: { answer: RecordedSignal } = { answer: { kind: 'recorded' } }
  const rollout = await ports.store.amendRollout(state.canary, state.attempt, (seen) => {
    const record = seen ?? newRollout(claimOf(state), ports.clock.now(), state.cause)
    const objection = objectionTo(record, signal)
    outcome.answer = objection ?? { kind: 'recorded' }
    return objection ? record : withSignal(withRoom(record), signal)
  })
  // A duplicate wakes too: the first one may have died between its write and its wake-up.
  const { answer } = outcome
  if (answer.kind !== 'refused' && rollout.waiting) {
    await ports.workflows.answer(rollout.waiting.token, { signal: signal.kind })
  }
  return answer
}

function withSignal(record: Rollout, signal: Omit<Signal, 'number' | 'step'>): Rollout {
  const { id, kind } = signal
  const who = brief(signal.who)
  const why = brief(signal.why)
  const number = 1 + Math.max(0, ...Object.values(record.signals).map((one) => one.number))
  const asked = record.gate?.kind === 'approval' ? record.gate.step : record.step
  const step = kind === 'approve' || kind === 'reject' ? asked : record.step
  const next: Rollout = {
    ...record,
    signals: { ...record.signals, [id]: { ...signal, number, step, who, why } },
  }
  // Whoever asked stands there even where it comes to nothing; what tasks and alarms did the checks tell.
  if (kind === 'task-stopped' || kind === 'alarm') return next
  const what = kind === 'newer-revision' ? 'newer revision' : `asked to ${kind}`
  return withEntry(next, { at: signal.at, what, why, who })
}
