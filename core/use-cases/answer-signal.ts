import { pausedBy, pendingSignals, type Rollout, wishToStop } from '../model/rollout.ts'
import type { Signal } from '../model/signal.ts'
import { saysNothingNew } from '../model/signal-limits.ts'

/** Why a signal is not recorded. */
export interface NotRecorded {
  /** `duplicate`: what it asks for is so already. */
  readonly kind: 'duplicate' | 'refused'
  /** Reads as a sentence, with the mend. */
  readonly reason: string
}

type Asked = Pick<Signal, 'id' | 'kind'>

/** What speaks against recording a signal on this record; undefined where nothing does. Pure, for it runs at each try. */
export function objectionTo(record: Rollout, signal: Asked): NotRecorded | undefined {
  const { rollout } = record
  if (record.outcome !== undefined) {
    return refused(`${rollout} has ended ${record.outcome}: ${record.reason}`)
  }
  if (record.signals[signal.id]) return duplicate(`${signal.id} was recorded before`)
  const stop = wishToStop(record)
  switch (signal.kind) {
    case 'alarm':
    case 'task-stopped':
      return saysNothingNew(record, signal)
        ? duplicate(`${rollout} was told of so many of the kind that one more says nothing new`)
        : undefined
    case 'newer-revision':
      return Object.values(record.signals).some(({ kind }) => kind === 'newer-revision')
        ? duplicate(`${rollout} was told of a newer revision before`)
        : undefined
    case 'abort':
      return stop === undefined ? undefined : duplicate(`${rollout} fails back already: ${stop}`)
    default:
      return stop === undefined
        ? objectionToWish(record, signal)
        : refused(`${rollout} fails back: ${stop}`)
  }
}

function objectionToWish(record: Rollout, { kind }: Asked): NotRecorded | undefined {
  const { rollout } = record
  const paused = pausedBy(record)
  switch (kind) {
    case 'pause':
      if (record.status === 'promoting') return refused(`${rollout} is being promoted already`)
      return paused && duplicate(`${rollout} is paused already, by ${paused.who}: ${paused.why}`)
    case 'resume':
      return paused ? undefined : refused(`${rollout} is not paused`)
    case 'approve':
    case 'reject':
      return objectionToApproval(record, kind)
    case 'promote':
    case 'promote-full':
      return objectionToPromotion(record, kind, paused)
    default:
      return undefined
  }
}

function objectionToPromotion(
  record: Rollout,
  kind: 'promote' | 'promote-full',
  paused: Signal | undefined,
): NotRecorded | undefined {
  const { rollout, step } = record
  if (paused) return refused(`${rollout} is paused by ${paused.who}; resume it first`)
  if (record.gate?.kind === 'approval') {
    return refused(`${rollout} waits for an approval; approve or reject it`)
  }
  const before = Object.values(record.signals).find(
    (one) => one.kind === kind && (kind === 'promote-full' || one.step === step),
  )
  if (before) return duplicate(`${before.who} asked for it already: ${before.why}`)
  // The test window is the bake of no traffic.
  if (kind === 'promote' && step === 0 && record.gate?.kind !== 'window') {
    return refused(
      `${rollout} bakes at no step yet: ${record.reason}; ask again after its first shift`,
    )
  }
  return undefined
}

function objectionToApproval(record: Rollout, kind: 'approve' | 'reject'): NotRecorded | undefined {
  const { rollout, gate, step, reason } = record
  if (!asksAPerson(record)) {
    const mend = kind === 'reject' ? '; abort it to end it' : ''
    return refused(`${rollout} waits for no approval: ${reason}${mend}`)
  }
  const asked = gate?.kind === 'approval' ? gate.step : step
  // The plan asks once for each step; where no clear answer asks, what was seen has given its time.
  const given = gate?.kind === 'approval' ? Object.values(record.signals) : pendingSignals(record)
  const before = given.find((one) => one.kind === kind && one.step === asked)
  return before && duplicate(`${rollout} was approved already, by ${before.who}: ${before.why}`)
}

/** An approval that the plan asks for, or one that no clear answer asks for. */
function asksAPerson({ gate, status }: Rollout): boolean {
  return gate?.kind === 'approval' || status === 'holding'
}

function refused(reason: string): NotRecorded {
  return { kind: 'refused', reason }
}

function duplicate(reason: string): NotRecorded {
  return { kind: 'duplicate', reason }
}
