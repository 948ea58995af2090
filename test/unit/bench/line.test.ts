import { describe, expect, it } from 'vitest'
import {
  isKept,
  type Line,
  type Measurement,
  median,
  missedIn,
  quantile,
  tableOf,
} from '../../../bench/line.ts'

const line = (measured: number, bounds: Partial<Line> = {}): Line => ({
  what: 'speed',
  measured,
  unit: '/s',
  ...bounds,
})

describe('a line of a benchmark', () => {
  it.each([
    [5, {}, true],
    [5, { atMost: 5 }, true],
    [5.1, { atMost: 5 }, false],
    [5, { atLeast: 5 }, true],
    [4.9, { atLeast: 5 }, false],
    [5, { atLeast: 4, atMost: 6 }, true],
    [3, { atLeast: 4, atMost: 6 }, false],
    [7, { atLeast: 4, atMost: 6 }, false],
    [Number.NaN, {}, true],
    [Number.NaN, { atMost: 5 }, false],
    [Number.NaN, { atLeast: 5 }, false],
  ])('that measured %d with %j is kept: %j', (measured, bounds, kept) => {
    expect(isKept(line(measured, bounds))).toBe(kept)
  })
})

describe('the table of all benchmarks', () => {
  const kept = line(12_345.678, { atLeast: 5, beside: 'on one core' })
  const missed = line(4, { what: 'turns', atLeast: 5 })
  const above = line(0.25, { what: 'share', unit: '×', atMost: 0.2 })
  const free = line(3, { what: 'steps', unit: '' })
  const measurements: readonly Measurement[] = [
    { name: 'one', lines: [kept, missed] },
    { name: 'two', lines: [above, free] },
  ]

  it('finds what was missed in all of them', () => {
    expect(missedIn(measurements)).toEqual([missed, above])
    expect(missedIn([{ name: 'one', lines: [kept, free] }])).toEqual([])
  })

  it('has a bound with its direction, and marks what missed it', () => {
    const rows = tableOf(measurements)
      .split('\n')
      .map((row) => row.trim().split(/ {2,}/))
    expect(rows).toEqual([
      ['benchmark', 'what', 'measured', 'bound'],
      ['one', 'speed', '12,350 /s', '≥ 5 /s', 'on one core'],
      ['turns', '4 /s', '≥ 5 /s', '✗'],
      ['two', 'share', '0.25 ×', '≤ 0.2 ×', '✗'],
      ['steps', '3'],
    ])
  })
})

describe('a quantile', () => {
  it.each([
    [[1], 0.5, 1],
    [[3, 1, 2], 0.5, 2],
    [[4, 3, 2, 1], 0.5, 2],
    [[4, 3, 2, 1], 0.99, 4],
    [Array.from({ length: 200 }, (_, index) => index + 1), 0.99, 198],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected)
  })

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('a quantile of no values')
  })
})
