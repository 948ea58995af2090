import { brief } from '../model/brief.ts'
import type { CanaryState } from '../model/canary-state.ts'
import { rolloutId } from '../model/canary-state.ts'
import type { IdentityProof } from '../model/identity-proof.ts'
import type { Signal } from '../model/signal.ts'
import type { Ports } from '../ports.ts'
import { recordSignal } from './record-signal.ts'

/** A person's wish. The same id twice is one signal. */
export type SignalRequest = Pick<Signal, 'id' | 'kind' | 'who' | 'why'> & {
  readonly canary: string
  /** The rollout that the person looked at: of another one the signal is refused. */
  readonly rollout?: string
  /** That the person is who AWS says, and not only who the request says. */
  readonly proof?: IdentityProof
}

export interface SignalResult {
  readonly kind: 'recorded' | 'duplicate' | 'refused'
  readonly rollout?: string
  readonly reason: string
}

/** Of a name that only the request tells. */
const MOST_BYTES_OF_WHO = 400

/** Records a person's signal on the active rollout and wakes it. */
export async function signal(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows' | 'identities'>,
  request: SignalRequest,
): Promise<SignalResult> {
  const { canary, rollout: meant, proof, who, ...wish } = request
  const state = await ports.store.readState(canary)
  if (!state) return { kind: 'refused', reason: `there is no canary "${canary}"; check the name` }
  const rollout = state.activeRollout
  if (rollout === undefined || (meant !== undefined && meant !== rollout)) {
    return { kind: 'refused', reason: await notActive(ports, state, meant) }
  }
  const identity = await identityOf(ports, request)
  if (identity.kind === 'refused') return { ...identity, rollout }
  const at = ports.clock.now()
  const result = await recordSignal(ports, state, { ...wish, who: identity.who, at })
  if (result.kind !== 'recorded') return { ...result, rollout }
  return { kind: 'recorded', rollout, reason: `${rollout} will see "${request.kind}" at once` }
}

/** Whom the timeline names: whom AWS vouches for, or whoever the request says, and then it says so. */
async function identityOf(
  ports: Pick<Ports, 'identities'>,
  { proof, who, ...request }: SignalRequest,
): Promise<
  | { readonly kind: 'told'; readonly who: string }
  | { readonly kind: 'refused'; readonly reason: string }
> {
  // Short enough to be kept whole: a long name must not crowd out that nobody vouches for it.
  if (!proof) return { kind: 'told', who: `${brief(who, MOST_BYTES_OF_WHO)} (not verified)` }
  const caller = await ports.identities.callerOf(proof, request)
  return caller.kind === 'known' ? { kind: 'told', who: caller.arn } : caller
}

/** What there is in place of the rollout that was meant. */
async function notActive(
  ports: Pick<Ports, 'store'>,
  state: CanaryState,
  meant: string | undefined,
): Promise<string> {
  const { canary, activeRollout: active, lastRollout, lastOutcome } = state
  const now = active === undefined ? `no rollout of ${canary} is active` : `${active} is active now`
  if (meant === undefined || meant === lastRollout) {
    return lastRollout ? `${now}; ${lastRollout} ended ${lastOutcome}` : now
  }
  const attempt = Number(meant.slice(canary.length + 1))
  const known = Number.isSafeInteger(attempt) && meant === rolloutId(canary, attempt)
  const record = known ? await ports.store.readRollout(canary, attempt) : undefined
  const ended = record?.outcome === undefined ? 'is not known' : `ended ${record.outcome}`
  return `${meant} ${ended}; ${now}`
}
