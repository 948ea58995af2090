import type { WorkflowInput } from '../ports.ts'
import { brief } from './brief.ts'
import type { ScaledDown } from './canary-state.ts'
import type { Definition } from './definition.ts'
import type { Gate } from './gate.ts'
import type { HookRuns } from './hook-run.ts'
import type { Memories } from './memory.ts'
import type { SlotWeights, Weight } from './routing.ts'
import type { Signal } from './signal.ts'
import { revisionName, type Slot } from './slot.ts'
import type { Verdict } from './verdict.ts'
import type { VerdictSeries } from './verdict-series.ts'

export type RolloutStatus =
  | 'preparing'
  | 'waiting'
  | 'shifting'
  | 'baking'
  | 'holding'
  | 'promoting'
  | 'failing-back'
  | 'promoted'
  | 'failed-back'

export type Outcome = 'promoted' | 'failed-back'

/** One line of a rollout's history. Every change of traffic is one, with who or what caused it. */
export interface TimelineEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly what: string
  readonly why: string
  /** `workflow`, `guard`, or the person or event that signalled. */
  readonly who: string
  /** The candidate's share from here on, where the entry changed it. */
  readonly weight?: Weight
}

/** Who may write weights: the execution named here, and until when a write of it may still be under way. */
export interface Hold {
  readonly execution: string
  /** Milliseconds since the epoch; absent while no write is under way. */
  readonly writingUntil?: number
}

/** The router's change of this step, from the moment it was accepted until it was verified. */
export interface PendingChange {
  readonly id: string
  readonly weights: SlotWeights
  readonly at: number
}

/** The present step's progress; begins anew when a shift is verified. */
export interface StepProgress {
  /**
   * When the bake's time begins: the verified shift, and where clients hold answers as much later as they may. Milliseconds
   * since the epoch, and so possibly still to come.
   */
  readonly startedAt: number
  /** Assessments at this step in which every check passed. */
  readonly passed: number
  /** Consecutive looks in which at least one check answered `error`. */
  readonly errors: number
  /** The last look after the bake at which all was clear: where hooks are waited for, extensions count from it. */
  readonly clearAt?: number
  /** Since when a person is waited for, milliseconds since the epoch. */
  readonly heldSince?: number
}

/** The bake or approval that waits for an answer. */
export interface Waiting {
  readonly token: string
  readonly since: number
  readonly for: 'bake' | 'approval'
}

/** The `rollout#<attempt>` record. */
export interface Rollout {
  readonly canary: string
  readonly attempt: number
  /** `<canary>-<attempt>`. */
  readonly rollout: string
  readonly status: RolloutStatus
  readonly candidate: Slot
  readonly revision: string
  readonly startedAt: number
  readonly hold: Hold
  /** As it stood when the rollout was prepared: an edit in between changes the next rollout, not this one. */
  readonly definition?: Definition
  /** The routing before the first shift, in the router's own units. */
  readonly baseline?: SlotWeights
  /** The candidate's desired count before `capacity: scale` raised it. */
  readonly desiredCountBefore?: number
  /** The candidate's autoscaling minimum before this rollout raised it. */
  readonly minimumBefore?: number
  /** What a scale down had taken of the candidate before this rollout. */
  readonly scaledDown?: Pick<ScaledDown, 'to' | 'minimum'>
  /** Tasks that the share after the next step up needs, as they ran when it was decided. */
  readonly tasksNeeded?: number
  /** 0 before the first shift, then 1…n. */
  readonly step: number
  /** Intended share of the candidate. */
  readonly weight: Weight
  /** Achieved share, read back from the router. */
  readonly achieved: Weight
  readonly change?: PendingChange
  readonly progress?: StepProgress
  /** Deadline of what is being waited for (readiness, capacity), milliseconds since the epoch. */
  readonly deadline?: number
  readonly waiting?: Waiting
  /** What keeps the next step up from happening; absent while nothing does. */
  readonly gate?: Gate
  /** When the candidate was first ready, milliseconds since the epoch: its test window counts from here. */
  readonly readyAt?: number
  /** Signals by id, so that the same one twice is one; those without `seenAt` are pending. */
  readonly signals: Readonly<Record<string, Signal>>
  /** Assessments so far: what the execution's history is measured by. */
  readonly looks: number
  /** Verdicts of the last assessment. */
  readonly evidence: readonly Verdict[]
  /** What the checks remember from look to look. */
  readonly memory?: Memories
  /** The verdicts of the whole rollout, thinned. */
  readonly series?: VerdictSeries
  readonly hooks?: HookRuns
  readonly timeline: readonly TimelineEntry[]
  readonly outcome?: Outcome
  readonly reason: string
  readonly endedAt?: number
  /** Epoch seconds after which the table may forget the record. */
  readonly expiresAt?: number
}

/** What a list of rollouts shows of each. */
export type RolloutSummary = Pick<
  Rollout,
  | 'canary'
  | 'attempt'
  | 'rollout'
  | 'status'
  | 'candidate'
  | 'revision'
  | 'startedAt'
  | 'step'
  | 'weight'
  | 'achieved'
  | 'outcome'
  | 'reason'
  | 'endedAt'
>

/** The record as it is before anything happened. The first execution of a rollout bears the rollout's name. */
export function newRollout(claim: WorkflowInput, now: number, cause?: string): Rollout {
  return {
    canary: claim.canary,
    attempt: claim.attempt,
    rollout: claim.rollout,
    status: 'preparing',
    candidate: claim.candidate,
    revision: claim.revision,
    startedAt: now,
    hold: { execution: claim.rollout },
    step: 0,
    weight: 0,
    achieved: 0,
    signals: {},
    looks: 0,
    evidence: [],
    timeline: [
      {
        at: now,
        what: 'claimed',
        why: cause ?? `attempt ${claim.attempt} of ${revisionName(claim.revision)}`,
        who: 'trigger',
      },
    ],
    reason: 'claimed',
  }
}

export function pendingSignals(rollout: Pick<Rollout, 'signals'>): Signal[] {
  return inOrder(rollout).filter((signal) => signal.seenAt === undefined)
}

/** All signals, in the order in which they were recorded. */
export function inOrder({ signals }: Pick<Rollout, 'signals'>): Signal[] {
  return Object.values(signals).sort((a, b) => a.number - b.number)
}

/** The pause that nobody has resumed. */
export function pausedBy(rollout: Pick<Rollout, 'signals'>): Signal | undefined {
  const last = inOrder(rollout).findLast(({ kind }) => kind === 'pause' || kind === 'resume')
  return last?.kind === 'pause' ? last : undefined
}

/**
 * Why the rollout has to stop, once somebody said so. Final, seen or not: an answer of `Assess` may be lost after
 * it was written, and what it had decided must outlive that.
 */
export function wishToStop(
  rollout: Pick<Rollout, 'signals' | 'status' | 'reason' | 'definition'>,
): string | undefined {
  const supersedes = (rollout.definition?.onNewRevision ?? 'supersede') === 'supersede'
  if (rollout.status === 'failing-back') return rollout.reason
  for (const signal of inOrder(rollout)) {
    if (signal.kind === 'abort') return `aborted by ${signal.who}: ${signal.why}`
    if (signal.kind === 'reject') return `rejected by ${signal.who}: ${signal.why}`
    if (signal.kind === 'newer-revision' && supersedes) return `superseded: ${signal.why}`
  }
  return undefined
}

/** Entries that changed no weight; those that did are all kept, and are as many as the plan has steps. */
const MOST_REMARKS = 100

/**
 * Appends to the timeline, once: an entry that a retry repeats is not told twice. Of very many remarks an early one
 * is dropped, so that the record fits its item.
 */
export function withEntry(rollout: Rollout, entry: TimelineEntry): Rollout {
  const told = { ...entry, who: brief(entry.who), why: brief(entry.why) }
  const last = rollout.timeline.at(-1)
  if (last && sameEntry(last, told)) return rollout
  const timeline = [...rollout.timeline, told]
  if (timeline.filter(isRemark).length > MOST_REMARKS) {
    timeline.splice(
      timeline.findIndex((one, index) => index > 1 && isRemark(one)),
      1,
    )
  }
  return { ...rollout, timeline }
}

function isRemark({ weight }: TimelineEntry): boolean {
  return weight === undefined
}

function sameEntry(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.what === b.what && a.why === b.why && a.who === b.who && a.weight === b.weight
}

/** The same object without some of its optional keys. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const rest = { ...value }
  for (const key of keys) delete rest[key]
  return rest
}
