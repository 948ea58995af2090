import { describe, expect, it } from 'vitest'
import { upperRatio } from '../../../../core/analysis/comparison/confidence.ts'
import { logRatioOfShares } from '../../../../core/analysis/comparison/likelihood.ts'
import { ratioGrid } from '../../../../core/analysis/comparison/ratio-grid.ts'

function upperOf(bad: number, liveBad: number, bound?: number, alpha = 0.01) {
  const grid = ratioGrid(1, bound)
  const candidate = { bad, total: 10_000 }
  const live = { bad: liveBad, total: 10_000 }
  const likelihood = grid.ratios.map((ratio) => logRatioOfShares(ratio, 1, candidate, live))
  return upperRatio(grid, likelihood, alpha)
}

describe('the upper end of the confidence sequence', () => {
  it('is unknown before there is data', () => {
    expect(upperOf(0, 0)).toBeUndefined()
  })

  it.each([
    [0, 20, 1],
    [5, 5, 17],
    [100, 100, 2],
    [10_000, 10_000, 1.1],
    [150, 100, 3],
  ])('%d bad against %d: under %d', (bad, liveBad, expected) => {
    const upper = upperOf(bad, liveBad) ?? Number.POSITIVE_INFINITY
    expect(upper).toBeLessThanOrEqual(expected)
    // Never under what was seen.
    expect(upper).toBeGreaterThan(bad / liveBad)
  })

  it('has a point exactly at the bound that is asked for', () => {
    expect(upperOf(200, 200, 1.5)).toBe(1.5)
    expect(ratioGrid(1, 1.5).ratios).toContain(1.5)
    expect(ratioGrid(1, 1).ratios.filter((ratio) => ratio === 1)).toHaveLength(1)
  })

  it('narrows with data and widens with certainty', () => {
    const some = upperOf(50, 50) ?? 0
    const more = upperOf(500, 500) ?? 0
    const surer = upperOf(50, 50, undefined, 0.000_01) ?? 0
    expect(more).toBeLessThan(some)
    expect(surer).toBeGreaterThan(some)
  })

  it('is where even bets on all lower ratios have won 1/alpha against it, and against every higher one', () => {
    const grid = { ...ratioGrid(1), ratios: [1, 2, 3, 4] }
    const limit = Math.log(100)
    // Against 4: mean of three bets; against 3: of two; against 2: of one.
    const at = (two: number, three: number, four: number) =>
      upperRatio(grid, [0, two, three, four], 0.01)
    expect(at(-1, -1, -1)).toBeUndefined()
    const won = Math.log(1 + 2 * Math.exp(-50)) - Math.log(3)
    expect(at(-50, -50, won - limit - 1e-9)).toBe(2)
    expect(at(-50, -50, won - limit + 1e-9)).toBeUndefined()
    expect(at(-1, -Math.log(2) - limit, -50)).toBe(3)
    expect(at(-limit, -50, -50)).toBe(2)
  })
})

describe('the grid of ratios', () => {
  it('bets on a tenth more to a hundred times more, in equal proportions of the excess', () => {
    const { ratios, bets, prior } = ratioGrid(1)
    const excesses = bets.map((index) => (ratios[index] ?? 0) - 1)
    expect(excesses[0]).toBeCloseTo(0.1, 10)
    expect(excesses.at(-1)).toBeCloseTo(100, 8)
    expect(excesses).toHaveLength(16)
    for (const [index, excess] of excesses.slice(1).entries()) {
      expect(excess / (excesses[index] ?? 0)).toBeCloseTo(1000 ** (1 / 15), 8)
    }
    expect(prior.reduce((sum, share) => sum + Math.exp(share), 0)).toBeCloseTo(1, 12)
    // A doubling and more gets equal shares, less than that gets less in proportion.
    expect(prior.at(-1)).toBe(prior.at(-5))
    expect((prior[0] ?? 0) - (prior.at(-1) ?? 0)).toBeCloseTo(Math.log(0.1), 10)
  })

  it('rises, has the tolerated ratio, lower ones, and scales with it', () => {
    const { ratios } = ratioGrid(2, 3)
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b))
    expect(ratios.slice(0, 6)).toEqual([0.2, 0.5, 1, 1.4, 1.7, 2])
    expect(ratios).toContain(3)
    expect(ratioGrid(2).ratios.at(-1)).toBeCloseTo(202, 8)
  })
})
