import { type CanaryState, rolloutId } from '../../core/model/canary-state.ts'
import type { Rollout, TimelineEntry } from '../../core/model/rollout.ts'
import { sameWeights, shareOf } from '../../core/model/routing.ts'
import { otherSlot, type Slot } from '../../core/model/slot.ts'
import { deciding } from '../../core/model/verdict.ts'
import type { Caller } from './callers.ts'
import { type Claims, createClaimInvariants } from './claim-invariants.ts'
import { createGateInvariants } from './gate-invariants.ts'
import type { Journal } from './journal.ts'
import type { RecordListener, Records } from './records.ts'
import type { Weights } from './traffic.ts'

/** Router weights stay within these; the smaller limit is Route 53's. */
const MOST_WEIGHT = { alb: 999, listener: 999, route53: 255 } as const

/** A look may have begun before the harm did; everything in it lasts less than this. */
const LOOK_MS = 40_000

export interface World extends Claims {
  readonly records: Records
  readonly weights: () => Weights
  readonly router: keyof typeof MOST_WEIGHT
  /** Since when the slot's targets are unhealthy without a break. */
  readonly illSince: (slot: Slot) => number | undefined
  /** Names of executions that run. */
  readonly running: () => readonly string[]
}

/** The promises, held after every event and at the end. */
export function createInvariants(world: World, journal: Journal) {
  const { records } = world
  const { violated } = journal
  const heldByGates = createGateInvariants(records, journal)
  const claims = createClaimInvariants(world, journal)

  const listener: RecordListener = {
    state(before, after) {
      if (!before) return
      claims.state(before, after)
      activeChanged(before, after)
      if (before.live !== after.live) {
        const promoted = records.rollouts.get(rolloutId(after.canary, after.attempt))
        if (promoted?.outcome !== 'promoted' || promoted.candidate !== after.live) {
          violated('only a promotion swaps', `${before.live} became ${after.live}`)
        }
      }
    },
    rollout(before, after) {
      claims.rollout(after)
      if (!before) return
      progressed(before, after)
      timelineKept(before, after)
      passedWithEvidence(before, after)
      heldByGates(before, after)
    },
  }

  function activeChanged(before: CanaryState, after: CanaryState): void {
    const was = before.activeRollout
    if (was === undefined || was === after.activeRollout) return
    if (after.activeRollout !== undefined && before.execution === undefined) return
    if (records.rollouts.get(was)?.outcome === undefined) {
      violated('one active rollout', `${was} was left without an outcome`)
    }
  }

  function progressed(before: Rollout, after: Rollout): void {
    const { rollout } = after
    if (before.outcome !== undefined && after.outcome !== before.outcome) {
      violated('an outcome stands', `${rollout}: ${before.outcome} became ${after.outcome}`)
    }
    if (before.outcome !== undefined && after.status !== before.status) {
      violated('an outcome stands', `${rollout}: status ${before.status} became ${after.status}`)
    }
    if (after.step < before.step) {
      violated('steps rise', `${rollout}: ${before.step} became ${after.step}`)
    }
    const back = ['failing-back', 'failed-back']
    if (before.status === 'failing-back' && !back.includes(after.status)) {
      violated('a fail back is final', `${rollout} became ${after.status}: ${after.reason}`)
    }
    if (before.outcome !== undefined && after.hold.execution !== before.hold.execution) {
      violated('an outcome stands', `${rollout} is held by ${after.hold.execution}`)
    }
  }

  function timelineKept(before: Rollout, after: Rollout): void {
    const told = (entry: TimelineEntry) => JSON.stringify(entry)
    const now = after.timeline.map(told)
    const lost = before.timeline.filter(
      (entry) => entry.weight !== undefined && !now.includes(told(entry)),
    )
    if (lost.length > 0) violated('the timeline is complete', `lost ${lost.map(told).join(', ')}`)
  }

  /** Promise 5. */
  function passedWithEvidence(before: Rollout, after: Rollout): void {
    const isPass = ({ what }: TimelineEntry) => /^decided to (shift|promote)$/.test(what)
    if (after.timeline.filter(isPass).length <= before.timeline.filter(isPass).length) return
    if (after.step === 0) return
    const verdicts = deciding(after.evidence)
    const clear = verdicts.length > 0 && verdicts.every(({ kind }) => kind === 'pass')
    const forgiven =
      after.definition?.onInconclusive === 'pass' &&
      verdicts.every(({ kind, tooLittle }) => kind === 'pass' || tooLittle)
    if (!clear && !forgiven) {
      const told = verdicts.map(({ check, kind }) => `${check} ${kind}`).join(', ')
      violated('no step is passed without a clear look', `${after.rollout}: ${told || 'none'}`)
    }
    const since = world.illSince(after.candidate)
    const looks = after.definition?.checks.some(
      ({ type, effect, interval }) =>
        type === 'targets' && effect === 'required' && interval === undefined,
    )
    if (looks && since !== undefined && Date.now() - since > LOOK_MS) {
      violated('no step is passed unseen', `${after.rollout}: its targets are ill since ${since}`)
    }
  }

  /** A write of weights took effect. */
  function written(caller: Caller | undefined): void {
    const weights = world.weights()
    const { blue, green } = weights
    const inBounds = [blue, green].every((one) => one >= 0 && one <= MOST_WEIGHT[world.router])
    if (!inBounds || blue + green === 0) {
      violated('weights are in bounds', `blue ${blue}, green ${green}`)
    }
    if (!caller) return
    const { execution = '' } = caller
    if (caller.fn !== 'shift' && caller.fn !== 'fail-back') {
      violated('single writer', `${caller.fn} wrote weights`)
    }
    const rollout = rolloutHeldOrLeftBy(execution)
    if (!rollout) {
      violated('single writer', `${execution} wrote weights without a rollout`)
      return
    }
    if (rollout.outcome !== undefined) {
      violated('single writer', `${execution} wrote weights after ${rollout.outcome}`)
    }
    const { hold } = rollout
    const leased = hold.writingUntil !== undefined && Date.now() <= hold.writingUntil + 1_000
    if (hold.execution !== execution && !leased) {
      violated('single writer', `${execution} wrote weights, ${hold.execution} holds the rollout`)
    }
    const share = shareOf(weights, rollout.candidate)
    const { baseline } = rollout
    const restores = baseline && sameWeights(weights, baseline)
    const told = rollout.timeline.some(({ weight }) => weight !== undefined && near(weight, share))
    if (!restores && !told) violated('the timeline is complete', `${share} % is not on it`)
  }

  function rolloutHeldOrLeftBy(execution: string): Rollout | undefined {
    const all = [...records.rollouts.values()]
    const own = all.find(
      ({ rollout }) => execution === rollout || execution.startsWith(`${rollout}-`),
    )
    return own ?? all.find(({ hold }) => hold.execution === execution)
  }

  /** What must hold whenever nothing is under way within an instant. */
  function settled(): void {
    const active = records.rollouts.get(records.state?.activeRollout ?? '')
    if (!active || active.outcome !== undefined) return
    const { status, change, hold, candidate, achieved, progress } = active
    if (!['baking', 'holding', 'promoting'].includes(status) || change || !progress) return
    if (hold.writingUntil !== undefined) return
    if (records.editedAt > progress.startedAt - LOOK_MS) return
    const share = shareOf(world.weights(), candidate)
    if (!near(share, achieved)) {
      violated('the router equals the record', `${active.rollout}: ${share} %, not ${achieved} %`)
    }
  }

  /** AWS is back for long, and nobody does anything any more. */
  function ended(): void {
    const { state, rollouts } = records
    for (const name of world.running()) violated('no stuck rollout', `${name} still runs`)
    if (state?.activeRollout !== undefined) {
      violated('no stuck rollout', `${state.activeRollout} is still active`)
    }
    if (state) claims.ended(state)
    for (const rollout of rollouts.values()) endedWell(rollout)
    const last = state?.lastRollout === undefined ? undefined : rollouts.get(state.lastRollout)
    if (!last || records.editedAt >= (last.endedAt ?? 0) - LOOK_MS) return
    const weights = world.weights()
    if (last.outcome === 'promoted' && weights[otherSlot(last.candidate)] !== 0) {
      violated('after promoted the candidate has everything', JSON.stringify(weights))
    }
    const untouched = last.step === 0 || !last.baseline
    if (last.outcome === 'failed-back' && !untouched && last.baseline) {
      if (!sameWeights(weights, last.baseline)) {
        const told = `${JSON.stringify(weights)}, not ${JSON.stringify(last.baseline)}`
        violated('after failed-back the routing equals the baseline', told)
      }
    }
  }

  function endedWell({ rollout, outcome, timeline, step, baseline }: Rollout): void {
    if (outcome === undefined) {
      violated('no stuck rollout', `${rollout} has no outcome`)
      return
    }
    const whats = timeline.map(({ what }) => what)
    const end = outcome === 'promoted' ? 'promoted' : 'failed back'
    if (whats[0] !== 'claimed' || !whats.includes(end)) {
      violated('the timeline is complete', `${rollout} ${outcome}: ${whats.join(', ')}`)
    }
    if (outcome === 'failed-back' && step > 0 && baseline) {
      const restored = timeline.some(({ what, weight }) => what === end && weight !== undefined)
      if (!restored) violated('the timeline is complete', `${rollout}: no entry of the restoring`)
    }
  }

  return { listener, written, settled, ended }
}

/** Quantized shares differ from what was asked for by what one unit of weight is. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.5
