import { brief } from '../model/brief.ts'
import { type CanaryState, claimOf } from '../model/canary-state.ts'
import { newRollout, type Rollout } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import type { Ports } from '../ports.ts'

/** Dead tasks that a record holds at most: one more of so many says nothing new. What people ask is always taken. */
const MOST_DEATHS = 50

/**
 * Records a signal on the active rollout, then wakes its bake. In this order, and `bake` in the opposite one
 * (token first, then pending signals), no wake-up is lost.
 */
export async function recordSignal(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  state: CanaryState,
  signal: Omit<Signal, 'number' | 'step'>,
): Promise<'recorded' | 'duplicate' | 'ended'> {
  const outcome: { kind: 'recorded' | 'duplicate' | 'ended' } = { kind: 'recorded' }
  const rollout = await ports.store.amendRollout(state.canary, state.attempt, (seen): Rollout => {
    const record = seen ?? newRollout(claimOf(state), ports.clock.now(), state.cause)
    outcome.kind = 'recorded'
    if (record.outcome !== undefined) {
      outcome.kind = 'ended'
      return record
    }
    if (
      record.signals[signal.id] ||
      (signal.kind === 'task-stopped' && deaths(record) >= MOST_DEATHS)
    ) {
      outcome.kind = 'duplicate'
      return record
    }
    const number = 1 + Math.max(0, ...Object.values(record.signals).map((one) => one.number))
    const asked = record.gate?.kind === 'approval' ? record.gate.step : record.step
    const step = signal.kind === 'approve' || signal.kind === 'reject' ? asked : record.step
    const kept = { ...signal, number, step, who: brief(signal.who), why: brief(signal.why) }
    return { ...record, signals: { ...record.signals, [signal.id]: kept } }
  })
  // A duplicate wakes too: the first one may have died between its write and its wake-up.
  if (outcome.kind !== 'ended' && rollout.waiting) {
    await ports.workflows.answer(rollout.waiting.token, { signal: signal.kind })
  }
  return outcome.kind
}

function deaths({ signals }: Rollout): number {
  return Object.values(signals).filter(({ kind }) => kind === 'task-stopped').length
}
