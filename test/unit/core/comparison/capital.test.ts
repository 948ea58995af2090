import { describe, expect, it } from 'vitest'
import {
  betAfresh,
  firstCapital,
  logEvidence,
  logSumExp,
  paidOut,
} from '../../../../core/analysis/comparison/capital.ts'

const PRIOR = [Math.log(0.25), Math.log(0.75)]

describe('the capital', () => {
  it('begins at 0.99: one part in a hundred pays for the bound on the record', () => {
    expect(Math.exp(logEvidence(firstCapital(3)))).toBeCloseTo(0.99, 12)
    expect(firstCapital(3).bets).toHaveLength(3)
  })

  it('bets three quarters at the first step and half of the rest at each later one', () => {
    const first = betAfresh(firstCapital(2), PRIOR, true)
    expect(first.bets.map(Math.exp)).toEqual([
      expect.closeTo(0.99 * 0.75 * 0.25, 12),
      expect.closeTo(0.99 * 0.75 * 0.75, 12),
    ])
    expect(Math.exp(first.reserve)).toBeCloseTo(0.99 * 0.25, 12)
    const later = betAfresh(first, PRIOR, false)
    expect(Math.exp(later.reserve)).toBeCloseTo(0.99 * 0.125, 12)
    expect(Math.exp(later.bets[0] ?? 0)).toBeCloseTo(0.99 * 0.25 * 0.875, 12)
  })

  it('makes nothing by betting', () => {
    const capital = betAfresh(betAfresh(firstCapital(2), PRIOR, true), PRIOR, false)
    expect(logEvidence(capital)).toBeCloseTo(Math.log(0.99), 12)
  })

  it('pays each bet its ratio and leaves the reserve', () => {
    const capital = paidOut({ bets: [-1, -2], reserve: -3 }, [5, -1])
    expect(capital).toEqual({ bets: [4, -3], reserve: -3 })
    expect(logEvidence(capital)).toBeCloseTo(Math.log(Math.exp(4) + 2 * Math.exp(-3)), 12)
  })

  it('stays plain JSON whatever is lost or won', () => {
    const lost = paidOut(firstCapital(1), [Number.NEGATIVE_INFINITY])
    expect(JSON.parse(JSON.stringify(lost))).toEqual(lost)
    expect(logEvidence({ bets: [1e6, 3], reserve: -1e9 })).toBe(1e6)
  })
})

describe('the sum of logarithms', () => {
  it.each([
    [[0, 0], Math.log(2)],
    [[-1000, -1000], -1000 + Math.log(2)],
    [[1000, 990], 1000 + Math.log1p(Math.exp(-10))],
    [[-5], -5],
  ])('of %j', (values, expected) => expect(logSumExp(values)).toBeCloseTo(expected, 10))
})
