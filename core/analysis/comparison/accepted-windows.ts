import type { Counts, Irregularities } from '../../model/check-memory.ts'

/** A stretch of time and what each slot answered in it; a slot without data has no counts. Milliseconds. */
export interface Window<Value> {
  readonly from: number
  readonly to: number
  readonly candidate?: Value | undefined
  readonly live?: Value | undefined
}

export type CountedWindow = Window<Counts>

export interface Accepted<Value> {
  /** Rising, apart from one another, after what was counted before, and sound. */
  readonly windows: readonly Window<Value>[]
  /** Up to where all has been read. */
  readonly readUntil: number
  readonly irregularities: Irregularities
}

/** Why a value cannot be counted, or the value as it counts. */
type Reading<Value> =
  | { readonly value: Value; readonly repaired?: string }
  | { readonly refused: string }

/**
 * Takes in what may be counted, once each, in the order of time. The rules, each seen in the evidence by its words:
 *
 * - without duration, or with times that are none: refused;
 * - ending in the future (a clock jumped): refused for now, and read again when its time has come;
 * - ending before what was counted: counted already, and the first reading stands;
 * - overlapping what was counted: refused, or its requests would count twice;
 * - begun before the step: refused, since the split of the traffic changed within it;
 * - with a value that is none (NaN, negative, more bad than requests): refused as a whole, both slots;
 * - a fraction of a request: rounded to the nearest whole one;
 * - without data of either slot: counts as no data. Between two windows nothing is made up.
 */
export function acceptedWindows<Value>(
  windows: readonly Window<Value>[],
  before: { readonly readUntil: number; readonly irregularities: Irregularities },
  look: { readonly now: number; readonly stepStartedAt: number },
  read: (value: Value) => Reading<Value>,
): Accepted<Value> {
  const irregularities: Record<string, number> = { ...before.irregularities }
  const note = (what: string) => {
    irregularities[what] = (irregularities[what] ?? 0) + 1
  }
  const accepted: Window<Value>[] = []
  let readUntil = before.readUntil
  for (const window of [...windows].sort((a, b) => a.to - b.to)) {
    const misplaced = misplacedIn(window, readUntil, look)
    if (misplaced) {
      note(misplaced)
      continue
    }
    readUntil = window.to
    const readings = [window.candidate, window.live].map((value) =>
      value === undefined ? { value: undefined } : read(value),
    )
    const refused = readings.find((reading) => 'refused' in reading)
    if (refused && 'refused' in refused) {
      note(refused.refused)
      continue
    }
    const [candidate, live] = readings.map((reading) => {
      if ('refused' in reading) return undefined
      if ('repaired' in reading && reading.repaired) note(reading.repaired)
      return reading.value
    })
    if (candidate === undefined && live === undefined) note('without data')
    accepted.push({ from: window.from, to: window.to, candidate, live })
  }
  return { windows: accepted, readUntil, irregularities }
}

function misplacedIn(
  { from, to }: { readonly from: number; readonly to: number },
  readUntil: number,
  { now, stepStartedAt }: { readonly now: number; readonly stepStartedAt: number },
): string | undefined {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) return 'without duration'
  if (to > now) return 'ending in the future'
  if (to <= readUntil) return 'counted already'
  if (from < readUntil) return 'overlapping a counted one'
  if (from < stepStartedAt) return 'begun before the step'
  return undefined
}

/** Counts as they may be counted. */
export function soundCounts({ bad, total }: Counts): Reading<Counts> {
  if (!Number.isFinite(bad) || !Number.isFinite(total))
    return { refused: 'with a count that is no number' }
  if (bad < 0 || total < 0) return { refused: 'with a negative count' }
  const value = { bad: Math.round(bad), total: Math.round(total) }
  if (value.bad > value.total) return { refused: 'with more bad than requests' }
  const whole = Math.abs(value.bad - bad) < 1e-6 && Math.abs(value.total - total) < 1e-6
  return whole ? { value } : { value, repaired: 'rounded to whole requests' }
}

/** A value of a gauge, as it may be compared. */
export function soundValue(value: number): Reading<number> {
  if (!Number.isFinite(value)) return { refused: 'with a value that is no number' }
  if (value < 0) return { refused: 'with a negative value' }
  return { value }
}

/** What was refused or repaired, as the end of a sentence; empty where nothing was. */
export function toldIrregularities(irregularities: Irregularities): string {
  const told = Object.entries(irregularities).map(
    ([what, times]) => `${times} ${times === 1 ? 'window' : 'windows'} ${what}`,
  )
  return told.length > 0 ? ` (${told.join(', ')})` : ''
}
