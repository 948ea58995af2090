import { describe, expect, it } from 'vitest'
import { liveRateBound } from '../../../../core/analysis/comparison/live-record.ts'

describe('the bound on live’s rate', () => {
  it.each([
    ['nothing is known of an empty record', 0, 0, 1],
    ['as in the worked example, no bad request', 0, 10_000, 0.001139],
    ['as in the worked example, ten', 10, 10_000, 0.003266],
    ['too short a record bounds nothing', 0, 5, 1],
    ['everything is bad', 100, 100, 1],
    ['of very many requests it is close', 5_000_000, 1e9, 0.005268],
  ])('%s', (_name, bad, total, expected) => {
    expect(liveRateBound({ bad, total }, 0.01)).toBeCloseTo(expected, 6)
  })

  it('is higher for a smaller alpha, and never under the rate itself', () => {
    const record = { bad: 30, total: 10_000 }
    expect(liveRateBound(record, 0.001)).toBeGreaterThan(liveRateBound(record, 0.01))
    expect(liveRateBound(record, 0.01)).toBeGreaterThan(0.003)
  })
})
