import { describe, expect, it } from 'vitest'
import { allottedAlpha, ERROR_BUDGET } from '../../../../core/analysis/comparison/error-budget.ts'
import {
  formatCounts,
  formatNumber,
  formatOdds,
  formatShare,
} from '../../../../core/analysis/comparison/wording.ts'

describe('numbers in evidence', () => {
  it.each([
    [3_149, '3,100:1'],
    [100, '100:1'],
    [99.99, '99:1'],
    [9.99, '9.9:1'],
    [10, '10:1'],
    [1, '1:1'],
    [0.3199, '0.31:1'],
    [0.01, '0.01:1'],
    [0.0099, 'under 0.01:1'],
    [999_999_999, '990,000,000:1'],
    [1e9, '10^9:1'],
    [5e31, '10^31:1'],
  ])('odds of %d', (odds, expected) => expect(formatOdds(Math.log(odds))).toBe(expected))

  it.each([
    [0, '0'],
    [0.123456, '0.123'],
    [12.34, '12.3'],
    [999, '999'],
    [1_000, '1,000'],
    [15_410, '15,410'],
    [1_234_567, '1,234,567'],
    [1_000_000_000, '1,000,000,000'],
  ])('%d', (value, expected) => expect(formatNumber(value)).toBe(expected))

  it('counts and shares', () => {
    expect(formatCounts({ bad: 1_041, total: 15_410 })).toBe('1,041 of 15,410')
    expect(formatShare(0.00233)).toBe('0.233 %')
  })
})

describe('the error budget', () => {
  it.each([
    [1, 0.01],
    [5, 0.01],
    [10, 0.005],
    [50, 0.001],
  ])('gives each of %d comparisons %d', (checks, expected) => {
    const alphas = new Array<number>(checks).fill(0.01)
    const allotted = allottedAlpha(0.01, alphas)
    expect(allotted).toBeCloseTo(expected, 12)
    expect(allotted * checks).toBeLessThanOrEqual(ERROR_BUDGET + 1e-12)
  })

  it('shrinks in proportion', () => {
    expect(allottedAlpha(0.09, [0.09, 0.01])).toBeCloseTo(0.045, 12)
    expect(allottedAlpha(0.01, [0.09, 0.01])).toBeCloseTo(0.005, 12)
  })
})
