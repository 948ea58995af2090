import { type CanaryState, candidateOf } from '../core/model/canary-state.ts'
import type { Gate } from '../core/model/gate.ts'
import type { Rollout, RolloutSummary, TimelineEntry } from '../core/model/rollout.ts'
import type { Signal } from '../core/model/signal.ts'
import { SLOTS, type Slot } from '../core/model/slot.ts'
import type { Verdict } from '../core/model/verdict.ts'
import { earliestEnd } from './view/time-left.ts'

/** What `--json` prints: documented in docs/cli.md, and held by tests. Fields are added to them, never taken away. */

/** ISO 8601 in UTC; null where there is none. */
export const time = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : new Date(milliseconds).toISOString()

export function stateShape(state: CanaryState) {
  return {
    canary: state.canary,
    live: state.live,
    candidate: candidateOf(state),
    services: { ...state.services },
    triggered: state.triggered,
    revision: state.revision ?? null,
    waitingRevision: state.waitingRevision ?? null,
    attempt: state.attempt,
    activeRollout: state.activeRollout ?? null,
    lastRollout: state.lastRollout ?? null,
    lastOutcome: state.lastOutcome ?? null,
  }
}

export function summaryShape(rollout: RolloutSummary) {
  return {
    rollout: rollout.rollout,
    canary: rollout.canary,
    attempt: rollout.attempt,
    status: rollout.status,
    outcome: rollout.outcome ?? null,
    reason: rollout.reason,
    candidate: rollout.candidate,
    revision: rollout.revision,
    startedAt: time(rollout.startedAt),
    endedAt: time(rollout.endedAt),
    step: rollout.step,
    weight: rollout.weight,
    achieved: rollout.achieved,
  }
}

/** A rollout as it stands. */
export function rolloutShape(rollout: Rollout, now: number) {
  const end = earliestEnd(rollout, now)
  return {
    ...summaryShape(rollout),
    steps: (rollout.definition?.plan ?? []).map(({ weight, bake, approval }) => ({
      weight,
      bake,
      approval: approval === true,
    })),
    slots: slotsShape(rollout),
    checks: rollout.evidence.map(checkShape),
    gate: rollout.gate ? gateShape(rollout.gate) : null,
    earliestEnd: time(end),
  }
}

export type RolloutShape = ReturnType<typeof rolloutShape>

export function checkShape(verdict: Verdict) {
  return {
    check: verdict.check,
    verdict: verdict.kind,
    effect: verdict.effect ?? 'required',
    reason: verdict.reason,
    numbers: verdict.numbers,
    source: verdict.source,
    from: time(verdict.window.from),
    to: time(verdict.window.to),
    at: time(verdict.at),
  }
}

export function entryShape({ at, what, why, who, weight }: TimelineEntry) {
  return { at: time(at), what, why, who, weight: weight ?? null }
}

export function signalShape({ kind, at, who, why, seenAt }: Signal) {
  return { kind, at: time(at), who, why, seenAt: time(seenAt) }
}

function gateShape({ kind, step, since, until, reason }: Gate) {
  return { kind, step, since: time(since), until: time(until), reason }
}

/** Each slot's role in this rollout, and the share of the traffic that it has. */
function slotsShape(rollout: Rollout) {
  const shapes = SLOTS.map((slot) => [slot, slotShape(rollout, slot)] as const)
  return Object.fromEntries(shapes) as Record<Slot, ReturnType<typeof slotShape>>
}

function slotShape(rollout: Rollout, slot: Slot) {
  const isCandidate = slot === rollout.candidate
  const place = rollout.definition?.slots[slot]
  return {
    role: isCandidate ? ('candidate' as const) : ('live' as const),
    share: shareOf(rollout, slot),
    service: place ? `${place.cluster}/${place.service}` : null,
  }
}

/** Percent of the traffic, as it was read back from the router. */
export function shareOf({ candidate, achieved }: Rollout, slot: Slot): number {
  return slot === candidate ? achieved : Math.round((100 - achieved) * 10) / 10
}
