import type { Signal } from '../model/signal.ts'
import type { Ports } from '../ports.ts'
import { recordSignal } from './record-signal.ts'

/** A person's wish. The same id twice is one signal. */
export type SignalRequest = Pick<Signal, 'id' | 'kind' | 'who' | 'why'> & {
  readonly canary: string
}

export interface SignalResult {
  readonly kind: 'recorded' | 'duplicate' | 'refused'
  readonly rollout?: string
  readonly reason: string
}

/** Records a person's signal on the active rollout and wakes it. */
export async function signal(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  request: SignalRequest,
): Promise<SignalResult> {
  const { canary, ...wish } = request
  const state = await ports.store.readState(canary)
  if (!state) return { kind: 'refused', reason: `there is no canary "${canary}"; check the name` }
  if (state.activeRollout === undefined) {
    const last = state.lastRollout ? `; ${state.lastRollout} ended ${state.lastOutcome}` : ''
    return { kind: 'refused', reason: `no rollout of ${canary} is active${last}` }
  }
  const rollout = state.activeRollout
  const result = await recordSignal(ports, state, { ...wish, at: ports.clock.now() })
  switch (result) {
    case 'ended':
      return { kind: 'refused', rollout, reason: `${rollout} has ended` }
    case 'duplicate':
      return { kind: 'duplicate', rollout, reason: `${request.id} was recorded before` }
    case 'recorded':
      return { kind: 'recorded', rollout, reason: `${rollout} will see "${request.kind}" at once` }
  }
}
