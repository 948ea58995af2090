import type { Counts, Irregularities, Window } from '../../model/check-memory.ts'

export type CountedWindow = Window<Counts>

export interface Accepted<Value> {
  /** Rising, apart from one another, after what was counted before, and sound. */
  readonly windows: readonly Window<Value>[]
  /** Up to where all has been read. */
  readonly readUntil: number
  readonly newest?: Window<Value>
  readonly irregularities: Irregularities
}

/** A value as it counts, with what was repaired in it; or why it cannot be counted. */
interface Reading<Value> {
  readonly value?: Value
  readonly repaired?: string
  readonly refused?: string
}

/**
 * Takes in what may be counted, once each, in the order of time. The rules, each seen in the evidence by its words:
 *
 * - without duration, or with times that are none: refused;
 * - ending in the future (a clock jumped): refused for now, and read again when its time has come;
 * - ending before what was counted: counted already, and the first reading stands, also where the newest window's
 *   counts have shrunk or grown since, which is told apart;
 * - overlapping what was counted: refused, or its requests would count twice;
 * - begun before the step: refused, since the split of the traffic changed within it;
 * - with a value that is none (NaN, negative, more bad than requests): refused as a whole, both slots;
 * - a fraction of a request: rounded to the nearest whole one;
 * - without data of either slot: counts as no data. Between two windows nothing is made up.
 */
export function acceptedWindows<Value>(
  windows: readonly Window<Value>[],
  before: Pick<Accepted<Value>, 'readUntil' | 'newest' | 'irregularities'>,
  look: { readonly now: number; readonly stepStartedAt: number },
  read: (value: Value) => Reading<Value>,
): Accepted<Value> {
  const irregularities: Record<string, number> = { ...before.irregularities }
  const note = (what: string) => {
    irregularities[what] = (irregularities[what] ?? 0) + 1
  }
  const reading = (value: Value | undefined) => (value === undefined ? {} : read(value))
  const accepted: Window<Value>[] = []
  let { readUntil, newest } = before
  for (const window of [...windows].sort((a, b) => a.to - b.to)) {
    const misplaced = misplacedIn(window, { readUntil, newest }, look)
    if (misplaced) {
      note(misplaced)
      continue
    }
    readUntil = window.to
    const candidate = reading(window.candidate)
    const live = reading(window.live)
    const refused = candidate.refused ?? live.refused
    if (refused) {
      note(refused)
      continue
    }
    if (candidate.repaired) note(candidate.repaired)
    if (live.repaired) note(live.repaired)
    if (candidate.value === undefined && live.value === undefined) note('without data')
    newest = {
      from: window.from,
      to: window.to,
      ...(candidate.value === undefined ? {} : { candidate: candidate.value }),
      ...(live.value === undefined ? {} : { live: live.value }),
    }
    accepted.push(newest)
  }
  return { windows: accepted, readUntil, ...(newest && { newest }), irregularities }
}

function misplacedIn<Value>(
  window: Window<Value>,
  { readUntil, newest }: { readonly readUntil: number; readonly newest: Window<Value> | undefined },
  { now, stepStartedAt }: { readonly now: number; readonly stepStartedAt: number },
): string | undefined {
  const { from, to } = window
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) return 'without duration'
  if (to > now) return 'ending in the future'
  if (to <= readUntil) {
    const again = newest !== undefined && newest.from === from && newest.to === to
    return again && !sameValues(newest, window) ? 'read again with other values' : 'counted already'
  }
  if (from < readUntil) return 'overlapping a counted one'
  if (from < stepStartedAt) return 'begun before the step'
  return undefined
}

function sameValues<Value>(one: Window<Value>, other: Window<Value>): boolean {
  return JSON.stringify([one.candidate, one.live]) === JSON.stringify([other.candidate, other.live])
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
