import { describe, expect, it } from 'vitest'
import {
  logRatioOfRates,
  logRatioOfShares,
} from '../../../../core/analysis/comparison/likelihood.ts'
import { ratioGrid } from '../../../../core/analysis/comparison/ratio-grid.ts'

/** Chance of `successes` of `trials`. */
function binomial(successes: number, trials: number, chance: number): number {
  let value = 1
  for (let n = 1; n <= successes; n++) value *= (trials - successes + n) / n
  return value * chance ** successes * (1 - chance) ** (trials - successes)
}

/** What a bet spread by the prior pays on average, all outcomes of a window enumerated. */
function meanOfShares(
  [candidateTotal, liveTotal]: readonly [number, number],
  [candidateRate, liveRate]: readonly [number, number],
  tolerance: number,
): number {
  const grid = ratioGrid(tolerance)
  let mean = 0
  for (let bad = 0; bad <= candidateTotal; bad++) {
    for (let liveBad = 0; liveBad <= liveTotal; liveBad++) {
      const chance =
        binomial(bad, candidateTotal, candidateRate) * binomial(liveBad, liveTotal, liveRate)
      for (const [index, bet] of grid.bets.entries()) {
        const gain = logRatioOfShares(
          grid.ratios[bet] ?? 0,
          tolerance,
          { bad, total: candidateTotal },
          { bad: liveBad, total: liveTotal },
        )
        mean += chance * Math.exp((grid.prior[index] ?? 0) + gain)
      }
    }
  }
  return mean
}

describe('the likelihood ratio of shares', () => {
  it('is what the worked example says', () => {
    const gain = logRatioOfShares(10, 1, { bad: 41, total: 812 }, { bad: 12, total: 15_410 })
    expect(gain).toBeCloseTo(74.7, 1)
    expect(gain).toBeCloseTo(41 * Math.log(10) - 53 * Math.log(23_530 / 16_222), 10)
  })

  it.each([
    ['no bad request tells nothing', 0, 500, 0, 500, 0],
    ['a bad one of the candidate speaks for the higher ratio', 1, 500, 0, 500, Math.log(4 / 2.5)],
    ['a bad one of live speaks against it', 0, 500, 1, 500, Math.log(1 / 2.5)],
    ['traffic of one slot alone tells nothing', 7, 500, 0, 0, 0],
  ])('%s', (_name, bad, total, liveBad, liveTotal, expected) => {
    expect(logRatioOfShares(4, 1, { bad, total }, { bad: liveBad, total: liveTotal })).toBeCloseTo(
      expected,
      12,
    )
  })

  it('is held against the tolerated ratio', () => {
    const counts = [
      { bad: 3, total: 100 },
      { bad: 2, total: 300 },
    ] as const
    expect(logRatioOfShares(6, 2, ...counts)).toBeCloseTo(
      logRatioOfShares(6, 1, ...counts) - logRatioOfShares(2, 1, ...counts),
      12,
    )
    expect(logRatioOfShares(2, 2, ...counts)).toBe(0)
  })

  it('keeps its digits at a thousand million requests', () => {
    const tiny = 1e-9
    const gain = logRatioOfShares(
      1 + tiny,
      1,
      { bad: 6_000_000, total: 5e8 },
      { bad: 5_000_000, total: 5e8 },
    )
    // Its slope at equality: what the candidate has above its half of the bad requests.
    expect(gain / tiny).toBeGreaterThan(499_000)
    expect(gain / tiny).toBeLessThan(501_000)
  })

  it.each([
    [[5, 9], 0.01],
    [[5, 9], 0.02],
    [[5, 9], 0.1],
    [[5, 9], 0.5],
    [[5, 9], 0.99],
    [[1, 12], 0.3],
    [[12, 1], 0.3],
  ] as const)('is a fair game or worse under equality: %j requests at %d', (totals, rate) => {
    for (const tolerance of [1, 1.5, 3]) {
      // Every rate up to the tolerated one, the bound itself included.
      for (const times of [0.2, 1, tolerance]) {
        const candidate = Math.min(1, rate * times)
        expect(meanOfShares(totals, [candidate, rate], tolerance)).toBeLessThanOrEqual(1 + 1e-9)
      }
    }
  })

  it('is next to fair where bad requests are rare, and pays where the candidate is worse', () => {
    expect(meanOfShares([5, 9], [0.001, 0.001], 1)).toBeGreaterThan(0.999)
    expect(meanOfShares([5, 9], [0.1, 0.01], 1)).toBeGreaterThan(1.5)
  })

  it('is a fair game or worse for any request whatever, as long as the split is by lot', () => {
    // 4 bad among 12 requests, whichever they are: the lot gives 5 of the 12 to the candidate (hypergeometric).
    const choose = (n: number, k: number) => binomial(k, n, 0.5) * 2 ** n
    const grid = ratioGrid(1)
    let mean = 0
    for (let bad = 0; bad <= 4; bad++) {
      const chance = (choose(5, bad) * choose(7, 4 - bad)) / choose(12, 4)
      for (const [index, bet] of grid.bets.entries()) {
        const candidate = { bad, total: 5 }
        const live = { bad: 4 - bad, total: 7 }
        const gain = logRatioOfShares(grid.ratios[bet] ?? 0, 1, candidate, live)
        mean += chance * Math.exp((grid.prior[index] ?? 0) + gain)
      }
    }
    expect(mean).toBeLessThanOrEqual(1)
    expect(mean).toBeGreaterThan(0.5)
  })
})

describe('the likelihood ratio of rates', () => {
  it.each([
    [3, 0.01, { bad: 0, total: 100 }, -2],
    [3, 0.01, { bad: 2, total: 100 }, 2 * Math.log(3) - 2],
    [0.5, 0.02, { bad: 1, total: 50 }, Math.log(0.5) + 0.5],
  ])('%d times %d with %j', (times, rate, counts, expected) => {
    expect(logRatioOfRates(times, rate, counts)).toBeCloseTo(expected, 12)
  })

  it.each([0.01, 0.1, 0.5, 0.9])('is a fair game or worse at up to a rate of %d', (rate) => {
    for (const times of [0.2, 0.9, 1.1, 3, 50]) {
      // A bet on more is fair up to the rate; a bet on less from the rate on.
      for (const share of times > 1 ? [1, 0.5] : [1, Math.min(1.1, 1 / rate)]) {
        let mean = 0
        for (let bad = 0; bad <= 20; bad++) {
          const gain = logRatioOfRates(times, rate, { bad, total: 20 })
          mean += binomial(bad, 20, rate * share) * Math.exp(gain)
        }
        expect(mean).toBeLessThanOrEqual(1 + 1e-9)
      }
    }
  })
})
