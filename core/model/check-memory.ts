/** Of so many requests, so many were bad: answered with an error, or too slowly. */
export interface Counts {
  readonly bad: number
  readonly total: number
}

/**
 * A bettor's capital, in natural logarithms: what lies on each bet, and what is kept back for later steps.
 * Starts at a total of at most 1; its total is the evidence, as odds against the candidate being no worse.
 */
export interface Capital {
  readonly bets: readonly number[]
  readonly reserve: number
}

/** What was refused or repaired, by rule, over the whole rollout. */
export type Irregularities = Readonly<Record<string, number>>

/** A stretch of time and what each slot answered in it; a slot without data has no value. Milliseconds since the epoch. */
export interface Window<Value> {
  readonly from: number
  readonly to: number
  readonly candidate?: Value | undefined
  readonly live?: Value | undefined
}

interface Seen<Value> {
  /** End of the newest window that was taken in, milliseconds since the epoch. Nothing before it is read again. */
  readonly readUntil: number
  /** That window, as it was counted: to tell where it is read again with other values. */
  readonly newest?: Window<Value>
  /** The step that `inStep` speaks of; 0 before the first. */
  readonly step: number
  readonly capital: Capital
  /** Highest logarithm of the evidence so far: once above the limit, it counts, whatever comes later. */
  readonly peak: number
  readonly irregularities: Irregularities
}

/** What a comparison of counts has to know from look to look. Bounded, and plain JSON. */
export interface CountsMemory extends Seen<Counts> {
  readonly kind: 'counts'
  readonly since: number
  /** Log-likelihood of each ratio of the grid, relative to the tolerated one, from windows with both slots. */
  readonly likelihood: readonly number[]
  readonly candidate: Counts
  readonly live: Counts
  readonly inStep: {
    readonly candidate: Counts
    readonly live: Counts
    /** End of the newest window in which the candidate answered anything. */
    readonly answeredAt?: number
    /** How the newest window was judged. */
    readonly against?: 'live' | 'record' | 'threshold' | 'nothing'
  }
}

/** What a comparison of paired values has to know from look to look. Bounded, and plain JSON. */
export interface PairsMemory extends Seen<number> {
  readonly kind: 'pairs'
  readonly since: number
  /** Windows in which the candidate was worse than live by more than the margin, and the others. */
  readonly worse: number
  readonly others: number
  /** Worst value of the live slot in the rollout, and in how many windows it had one. */
  readonly liveWorst?: number
  readonly liveWindows: number
  readonly inStep: {
    readonly windows: number
    readonly answeredAt?: number
    readonly against?: 'live' | 'record' | 'threshold' | 'nothing'
    readonly newest?: { readonly candidate: number; readonly reference: number }
  }
}

/** What a check remembers between looks, on the rollout's record under `memory`, by the check's name. */
export type CheckMemory = CountsMemory | PairsMemory
