import type { Counts, CountsMemory } from '../../model/check-memory.ts'
import { acceptedWindows, type CountedWindow, soundCounts } from './accepted-windows.ts'
import { betAfresh, firstCapital, logEvidence, paidOut } from './capital.ts'
import { logRatioOfRates, logRatioOfShares } from './likelihood.ts'
import { liveRateBound, RECORD_WIDENING } from './live-record.ts'
import { type RatioGrid, ratioGrid } from './ratio-grid.ts'

/** What a definition says about a comparison of counts. */
export interface CountsParameters {
  /** Chance that an equally good candidate is failed by this check, over the whole rollout. */
  readonly alpha: number
  /** How many times live's rate still counts as equal; at least 1. */
  readonly tolerance: number
  /** Requests of each slot under which a step has too little traffic. */
  readonly minimumSample: number
  /** Seconds without any answer of the candidate after which its data count as missing. */
  readonly staleAfter: number
  /** Share of bad requests allowed where there is nothing to compare with, 0 to 1. */
  readonly threshold?: number | undefined
  /** Bound of `promoteEarly` on the ratio of the rates. */
  readonly bound?: number | undefined
}

/** The look that is taken. Milliseconds since the epoch. */
export interface Look {
  readonly now: number
  /** 1…n; the evidence starts some of its bets afresh at each. */
  readonly step: number
  readonly stepStartedAt: number
}

/** Of a window's requests, the least share that live must have for a comparison to tell anything. */
const LEAST_LIVE_SHARE = 0.01

const NONE: Counts = { bad: 0, total: 0 }

/**
 * Takes in new windows: the sequential comparison of the candidate's share of bad requests with live's.
 *
 * Each window is a round of a fair game if the candidate is no worse than tolerated: given how many requests were bad,
 * how many of them fell on the candidate depends on the split of the traffic alone. The check bets on a grid of worse
 * ratios (ratio-grid.ts), each bet is multiplied by its likelihood ratio (likelihood.ts), and the capital cannot be
 * expected to grow. By Ville's inequality it ever passes `1 / alpha` with a chance of at most `alpha`, however often one
 * looks. An incident that hits both slots moves nothing, since the common rate cancels out.
 *
 * Where live has no traffic in a window, the candidate is held against live's record of this rollout (live-record.ts),
 * else against the threshold, else against nothing, which never passes.
 *
 * Worked example, and the numbers of the test beside it: after one window with 41 of 812 requests bad on green and
 * 12 of 15,410 on blue, the evidence is 10^40:1.
 *
 * Derivation, sources and limits: docs/adr/0020.
 */
export function compareCounts(
  memory: CountsMemory | undefined,
  windows: readonly CountedWindow[],
  parameters: CountsParameters,
  look: Look,
): CountsMemory {
  const grid = ratioGrid(parameters.tolerance, parameters.bound)
  const before = atStep(fitting(memory, grid) ?? firstMemory(grid, look), grid, look)
  const { windows: sound, ...read } = acceptedWindows(windows, before, look, soundCounts)
  return sound.reduce<CountsMemory>((state, window) => counted(state, window, grid, parameters), {
    ...before,
    ...read,
  })
}

/** A memory of other parameters cannot be gone on with, and is begun anew. */
function fitting(memory: CountsMemory | undefined, grid: RatioGrid): CountsMemory | undefined {
  return memory?.likelihood.length === grid.ratios.length &&
    memory.capital.bets.length === grid.bets.length
    ? memory
    : undefined
}

function firstMemory(grid: RatioGrid, { stepStartedAt }: Look): CountsMemory {
  return {
    kind: 'counts',
    since: stepStartedAt,
    readUntil: stepStartedAt,
    step: 0,
    capital: firstCapital(grid.bets.length),
    peak: Number.MIN_SAFE_INTEGER,
    likelihood: grid.ratios.map(() => 0),
    candidate: NONE,
    live: NONE,
    inStep: { candidate: NONE, live: NONE },
    irregularities: {},
  }
}

/** A new step begins its counts at nothing and bets afresh; what was sure under less load is not sure under more. */
function atStep(memory: CountsMemory, grid: RatioGrid, { step }: Look): CountsMemory {
  if (memory.step === step) return memory
  return {
    ...memory,
    step,
    capital: betAfresh(memory.capital, grid.prior, memory.step === 0),
    likelihood: grid.ratios.map(() => 0),
    inStep: { candidate: NONE, live: NONE },
  }
}

function counted(
  memory: CountsMemory,
  window: CountedWindow,
  grid: RatioGrid,
  parameters: CountsParameters,
): CountsMemory {
  const { candidate = NONE, live = NONE } = window
  const after = {
    ...memory,
    candidate: sum(memory.candidate, candidate),
    live: sum(memory.live, live),
    inStep: {
      ...memory.inStep,
      candidate: sum(memory.inStep.candidate, candidate),
      live: sum(memory.inStep.live, live),
    },
  }
  if (candidate.total === 0) return after
  const judged = judgedWindow(memory, candidate, live, grid, parameters)
  return {
    ...after,
    ...judged.evidence,
    peak: Math.max(memory.peak, logEvidence(judged.evidence.capital)),
    inStep: { ...after.inStep, answeredAt: window.to, against: judged.against },
  }
}

function judgedWindow(
  memory: CountsMemory,
  candidate: Counts,
  live: Counts,
  grid: RatioGrid,
  parameters: CountsParameters,
) {
  const { tolerance, ratios, bets } = grid
  const { capital, likelihood } = memory
  if (live.total >= LEAST_LIVE_SHARE * (candidate.total + live.total)) {
    const gains = ratios.map((ratio) => logRatioOfShares(ratio, tolerance, candidate, live))
    return {
      against: 'live' as const,
      evidence: {
        capital: paidOut(
          capital,
          bets.map((index) => gains[index] ?? 0),
        ),
        likelihood: likelihood.map((value, index) => value + (gains[index] ?? 0)),
      },
    }
  }
  const reference = referenceRate(memory, parameters)
  if (reference.rate === undefined) {
    return { against: reference.against, evidence: { capital, likelihood } }
  }
  const { rate } = reference
  const gains = bets.map((index) =>
    logRatioOfRates((ratios[index] ?? tolerance) / tolerance, rate, candidate),
  )
  return { against: reference.against, evidence: { capital: paidOut(capital, gains), likelihood } }
}

/** What the candidate is held against where live has no traffic: a share of bad requests, and whose it is. */
export function referenceRate(
  { live }: Pick<CountsMemory, 'live'>,
  { alpha, tolerance, minimumSample, threshold }: CountsParameters,
):
  | { readonly against: 'record' | 'threshold'; readonly rate: number }
  | { readonly against: 'nothing'; readonly rate?: undefined } {
  if (live.total >= Math.max(1, minimumSample)) {
    const rate = RECORD_WIDENING * tolerance * liveRateBound(live, alpha)
    if (rate < 1) return { against: 'record', rate }
  }
  return threshold === undefined
    ? { against: 'nothing' }
    : { against: 'threshold', rate: threshold }
}

function sum(one: Counts, other: Counts): Counts {
  return { bad: one.bad + other.bad, total: one.total + other.total }
}
