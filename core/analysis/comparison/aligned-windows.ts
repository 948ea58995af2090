import type { Window } from '../../model/check-memory.ts'
import type { CountedWindow } from './accepted-windows.ts'

/** A metric's point: the start of its period, milliseconds since the epoch. */
export interface Point {
  readonly at: number
  readonly value: number
}

/** What was read of one slot: all requests, and the bad ones. */
export interface CountedPoints {
  readonly bad: readonly Point[]
  readonly total: readonly Point[]
}

/** Which periods to make windows of. Times in milliseconds since the epoch, lengths in seconds. */
export interface Alignment {
  /** See `readFrom`. */
  readonly from: number
  readonly now: number
  readonly period: number
  /** How late points are; younger periods are not looked at. */
  readonly delay: number
  /** Slots that have traffic at this step, and so should have data. */
  readonly awaited: readonly ('candidate' | 'live')[]
}

/** Where reading goes on: after what was counted, and not before the step, in which the split is one and the same. */
export function readFrom(
  memory: { readonly readUntil: number } | undefined,
  { stepStartedAt }: { readonly stepStartedAt: number },
): number {
  return Math.max(memory?.readUntil ?? stepStartedAt, stepStartedAt)
}

/** Periods that a slot's missing data are waited for beyond `delay`, before they count as missing. */
const PATIENCE = 2

/** The range that has to be read for it: whole periods, `delay` back from now. Empty where `from >= to`. */
export function alignedRange({ from, now, period, delay }: Omit<Alignment, 'awaited'>): {
  readonly from: number
  readonly to: number
} {
  const length = period * 1000
  return {
    from: Math.ceil(from / length) * length,
    to: Math.floor((now - delay * 1000) / length) * length,
  }
}

/**
 * Windows of one period each, both slots side by side.
 *
 * A missing number of bad requests is zero where there were requests: CloudWatch has no 5xx point where there was no
 * 5xx. Both missing is no data of that slot. From the first window on in which a slot that has traffic is without data,
 * nothing is counted until the data are there or have been waited for; a late point is not taken for zero.
 */
export function alignedCounts(
  points: { readonly candidate: CountedPoints; readonly live: CountedPoints },
  alignment: Alignment,
): CountedWindow[] {
  const counts = ({ bad, total }: CountedPoints) => {
    const bads = byTime(bad)
    const totals = byTime(total)
    return (at: number) => {
      const [ill, all] = [bads.get(at), totals.get(at)]
      return ill === undefined && all === undefined ? undefined : { bad: ill ?? 0, total: all ?? 0 }
    }
  }
  return aligned(counts(points.candidate), counts(points.live), alignment)
}

/** The same for a gauge: one value of each slot a window. */
export function alignedValues(
  points: { readonly candidate: readonly Point[]; readonly live: readonly Point[] },
  alignment: Alignment,
): Window<number>[] {
  const [candidate, live] = [byTime(points.candidate), byTime(points.live)]
  return aligned(
    (at) => candidate.get(at),
    (at) => live.get(at),
    alignment,
  )
}

function aligned<Value>(
  candidateAt: (at: number) => Value | undefined,
  liveAt: (at: number) => Value | undefined,
  alignment: Alignment,
): Window<Value>[] {
  const { from, to } = alignedRange(alignment)
  const length = alignment.period * 1000
  const windows: Window<Value>[] = []
  for (let at = from; at < to; at += length) {
    const window = { from: at, to: at + length, candidate: candidateAt(at), live: liveAt(at) }
    const missing = alignment.awaited.some((role) => window[role] === undefined)
    const waitedUntil = window.to + alignment.delay * 1000 + PATIENCE * length
    if (missing && alignment.now < waitedUntil) break
    windows.push(window)
  }
  return windows
}

/** Points by their time. Of two of one time the first counts. */
function byTime(points: readonly Point[]): Map<number, number> {
  return new Map([...points].reverse().map(({ at, value }) => [at, value]))
}
