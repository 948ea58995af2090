import { type CanaryState, claimOf } from '../model/canary-state.ts'
import { newRollout, type Rollout } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import type { Ports } from '../ports.ts'

/** Pending signals a record holds at most; one that would go beyond wakes nobody new. */
const MOST_SIGNALS = 200

/**
 * Records a signal on the active rollout, then wakes its bake. In this order, and `bake` in the opposite one
 * (token first, then pending signals), no wake-up is lost.
 */
export async function recordSignal(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  state: CanaryState,
  signal: Signal,
): Promise<'recorded' | 'duplicate' | 'ended'> {
  const outcome: { kind: 'recorded' | 'duplicate' | 'ended' } = { kind: 'recorded' }
  const rollout = await ports.store.amendRollout(state.canary, state.attempt, (seen): Rollout => {
    const record = seen ?? newRollout(claimOf(state), ports.clock.now())
    outcome.kind = 'recorded'
    if (record.outcome !== undefined) {
      outcome.kind = 'ended'
      return record
    }
    if (record.signals[signal.id] || Object.keys(record.signals).length >= MOST_SIGNALS) {
      outcome.kind = 'duplicate'
      return record
    }
    return { ...record, signals: { ...record.signals, [signal.id]: signal } }
  })
  // A duplicate wakes too: the first one may have died between its write and its wake-up.
  if (outcome.kind !== 'ended' && rollout.waiting) {
    await ports.workflows.answer(rollout.waiting.token, { signal: signal.kind })
  }
  return outcome.kind
}
