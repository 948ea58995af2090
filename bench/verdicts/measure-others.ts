import type { CountedWindow } from '../../core/analysis/comparison/accepted-windows.ts'
import {
  type CountsParameters,
  compareCounts,
} from '../../core/analysis/comparison/counts-comparison.ts'
import {
  answerOfCounts,
  refuted,
  type Words,
} from '../../core/analysis/comparison/counts-verdict.ts'
import { allottedAlpha, ERROR_BUDGET } from '../../core/analysis/comparison/error-budget.ts'
import {
  comparePairs,
  type PairsParameters,
} from '../../core/analysis/comparison/pairs-comparison.ts'
import type { CountsMemory, PairsMemory } from '../../core/model/check-memory.ts'
import { createDice, type Dice } from './dice.ts'
import { PARAMETERS, sluice } from './judges.ts'
import { missedBy } from './measure-rows.ts'
import type { Bounds, Row } from './rows.ts'
import { BAKE, rollout } from './traffic.ts'

/** One line of what is measured beside the rows. */
export interface MeasuredCase {
  readonly name: string
  readonly mustReach?: Bounds
  readonly missed: readonly string[]
  readonly failed: number
  readonly bad?: number
  readonly seconds?: number
}

interface Ended {
  readonly bad: number
  readonly seconds: number
}

function measured(
  name: string,
  runs: number,
  seed: number,
  run: (dice: Dice) => Ended | undefined,
  mustReach?: Bounds,
): MeasuredCase {
  const dice = createDice(seed, name)
  const ended = Array.from({ length: runs }, () => run(dice)).filter((one) => one !== undefined)
  const mean = (of: (one: Ended) => number) =>
    ended.reduce((sum, one) => sum + of(one), 0) / ended.length
  const outcome = {
    failed: ended.length / runs,
    ...(ended.length > 0
      ? { bad: mean(({ bad }) => bad), seconds: mean(({ seconds }) => seconds) }
      : {}),
  }
  const missed = mustReach ? missedBy(outcome, mustReach) : []
  return { name, ...(mustReach && { mustReach }), missed, ...outcome }
}

/** Ten comparisons of kinds of errors that have nothing to do with one another; all slots are equally good. */
export function measureTenChecks(runs: number, seed: number): MeasuredCase[] {
  const checks = 10
  const alphas = new Array<number>(checks).fill(PARAMETERS.alpha)
  const together = (name: string, alpha: number, mustReach: Bounds) =>
    measured(
      name,
      runs,
      seed,
      (dice) => {
        let first: Ended | undefined
        for (let check = 0; check < checks; check++) {
          const ended = untilFailed(dice, { live: 0.01, candidate: 0.01 }, { ...PARAMETERS, alpha })
          if (ended && (!first || ended.seconds < first.seconds)) first = ended
        }
        return first
      },
      mustReach,
    )
  return [
    together('ten checks, 1 → 1 %, sharing the budget', allottedAlpha(PARAMETERS.alpha, alphas), {
      failedAtMost: ERROR_BUDGET,
    }),
    together('ten checks, 1 → 1 %, 0.01 each', PARAMETERS.alpha, {
      failedAtMost: checks * PARAMETERS.alpha,
    }),
  ]
}

function untilFailed(
  dice: Dice,
  rates: Row['rates'],
  parameters: CountsParameters,
  interval?: number,
): Ended | undefined {
  const judge = sluice(parameters)
  let bad = 0
  for (const moment of rollout(dice, rates, interval)) {
    bad += moment.window.candidate.bad
    if (judge(moment)) return { bad, seconds: moment.seconds }
  }
  return undefined
}

/** The false alarms of ever more looks at the same good version. */
export function measureLooks(runs: number, seed: number): MeasuredCase[] {
  return [60, 10, 5, 1].map((interval) =>
    measured(
      `1 → 1 %, a look every ${interval} s (${(3 * BAKE) / interval} looks)`,
      runs,
      seed,
      (dice) => untilFailed(dice, { live: 0.01, candidate: 0.01 }, PARAMETERS, interval),
      { failedAtMost: 0.01 },
    ),
  )
}

const WORDS: Words = { candidate: 'green', live: 'blue', bad: 'with 5xx' }

/** Steps that `promoteEarly` with a bound of 2 passes early, by chance of the first: `failed` counts those. */
export function measureEarly(runs: number, seed: number): MeasuredCase[] {
  const bound = 2
  const minimumBake = 60
  const early = (live: number, candidate: number, mustReach?: Bounds) =>
    measured(
      `${live} → ${candidate} %: a step passed early, ratio under ${bound}`,
      Math.ceil(runs / 4),
      seed,
      (dice) => {
        const parameters = { ...PARAMETERS, bound }
        let memory: CountsMemory | undefined
        let bad = 0
        for (const { window, look, seconds } of rollout(dice, {
          live: live / 100,
          candidate: candidate / 100,
        })) {
          bad += window.candidate.bad
          memory = compareCounts(memory, [window], parameters, look)
          if ((look.now - look.stepStartedAt) / 1000 < minimumBake) continue
          if (answerOfCounts(memory, parameters, look, WORDS).underBound) return { bad, seconds }
        }
        return undefined
      },
      mustReach,
    )
  return [
    early(1, 1),
    early(5, 5),
    early(1, 2, { failedAtMost: 0.01 }),
    early(5, 10.5, { failedAtMost: 0.01 }),
  ]
}

/** All traffic on the candidate after a record of live of 67,500 requests; windows of 10 s for 300 s. */
export function measureRecord(runs: number, seed: number): MeasuredCase[] {
  const atAll = (live: number, candidate: number, mustReach?: Bounds) =>
    measured(
      `${live} → ${candidate} %, live without traffic at 100 %`,
      runs,
      seed,
      (dice) => {
        const start = { now: 600_000, step: 1, stepStartedAt: 0 }
        const before = counts(dice, 67_500, live)
        let memory = compareCounts(
          undefined,
          [{ from: 0, to: 600_000, candidate: counts(dice, 22_500, live), live: before }],
          PARAMETERS,
          start,
        )
        let bad = 0
        for (let seconds = 10; seconds <= BAKE; seconds += 10) {
          const now = start.now + seconds * 1000
          const candidateCounts = counts(dice, 1_000, candidate)
          bad += candidateCounts.bad
          const window: CountedWindow = { from: now - 10_000, to: now, candidate: candidateCounts }
          const look = { now, step: 2, stepStartedAt: start.now }
          memory = compareCounts(memory, [window], PARAMETERS, look)
          if (refuted(memory, PARAMETERS)) return { bad, seconds }
        }
        return undefined
      },
      mustReach,
    )
  return [
    atAll(0.1, 0.1, { failedAtMost: 0.01 }),
    atAll(1, 1, { failedAtMost: 0.01 }),
    atAll(0.1, 0.5),
    atAll(0.1, 1, { failedAtLeast: 1 }),
  ]
}

function counts(dice: Dice, total: number, percent: number) {
  return { bad: dice.successes(total, percent / 100), total }
}

/** p99 of windows of a minute, log-normal around each slot's own, thirty windows. */
export function measurePairs(runs: number, seed: number): MeasuredCase[] {
  const parameters: PairsParameters = {
    alpha: 0.01,
    margin: 0.1,
    minimumWindows: 3,
    staleAfter: 180,
  }
  const windows = 30
  const spread = 0.15
  const paired = (factor: number, mustReach?: Bounds) =>
    measured(
      `p99 ×${factor}, margin 10 %, thirty minutes`,
      runs,
      seed,
      (dice) => {
        let memory: PairsMemory | undefined
        for (let minute = 1; minute <= windows; minute++) {
          // A load that both slots feel moves both values of a window.
          const shared = 300 * Math.exp(0.3 * dice.normal())
          const value = (times: number) => shared * times * Math.exp(spread * dice.normal())
          const now = minute * 60_000
          const window = { from: now - 60_000, to: now, candidate: value(factor), live: value(1) }
          memory = comparePairs(memory, [window], parameters, { now, step: 1, stepStartedAt: 0 })
          if (refuted(memory, parameters)) return { bad: minute, seconds: minute * 60 }
        }
        return undefined
      },
      mustReach,
    )
  return [
    paired(1, { failedAtMost: 0.01 }),
    paired(1.1, { failedAtMost: 0.01 }),
    paired(1.5),
    paired(2, { failedAtLeast: 1 }),
  ]
}
