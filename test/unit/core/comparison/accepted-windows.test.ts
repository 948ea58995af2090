import { describe, expect, it } from 'vitest'
import {
  acceptedWindows,
  type CountedWindow,
  soundCounts,
  soundValue,
  toldIrregularities,
} from '../../../../core/analysis/comparison/accepted-windows.ts'

const FRESH = { readUntil: 0, irregularities: {} }
const LOOK = { now: 100, stepStartedAt: 0 }

const window = (from: number, to: number, bad = 1, total = 10): CountedWindow => ({
  from,
  to,
  candidate: { bad, total },
  live: { bad: 2, total: 20 },
})

function take(windows: readonly CountedWindow[], before: Partial<typeof FRESH> = {}, look = LOOK) {
  return acceptedWindows(windows, { ...FRESH, ...before }, look, soundCounts)
}

describe('windows that are taken in', () => {
  it('are counted in the order of time, once each', () => {
    const { windows, readUntil, newest, irregularities } = take([
      window(20, 30),
      window(0, 10),
      window(10, 20),
      window(10, 20),
    ])
    expect(windows).toEqual([window(0, 10), window(10, 20), window(20, 30)])
    expect(readUntil).toBe(30)
    expect(newest).toEqual(window(20, 30))
    expect(irregularities).toEqual({ 'counted already': 1 })
  })

  it.each<[string, CountedWindow, string, number]>([
    ['with a start that is none', window(Number.NaN, 60), 'without duration', 50],
    ['with an end that is none', window(50, Number.NaN), 'without duration', 50],
    ['without an end', window(50, Number.POSITIVE_INFINITY), 'without duration', 50],
    ['that ends as it begins', window(60, 60), 'without duration', 50],
    ['that ends before it begins', window(70, 60), 'without duration', 50],
    ['that ends in the future', window(60, 101), 'ending in the future', 50],
    ['that was counted', window(30, 40), 'counted already', 50],
    ['that ends where the counted ones do', window(30, 50), 'counted already', 50],
    ['that overlaps a counted one', window(49, 60), 'overlapping a counted one', 50],
    ['with NaN', window(50, 60, Number.NaN), 'with a count that is no number', 60],
    ['with infinitely many', window(50, 60, 1, 1 / 0), 'with a count that is no number', 60],
    ['with a negative count', window(50, 60, -1), 'with a negative count', 60],
    ['with negative requests', window(50, 60, 0, -1), 'with a negative count', 60],
    ['with more bad than requests', window(50, 60, 11), 'with more bad than requests', 60],
  ])('are refused %s', (_name, broken, told, readUntil) => {
    const taken = take([broken], { readUntil: 50, irregularities: { [told]: 2 } })
    expect(taken).toEqual({ windows: [], readUntil, irregularities: { [told]: 3 } })
  })

  it('are refused whole where live’s counts are broken', () => {
    const broken = { ...window(0, 10), live: { bad: 3, total: 2 } }
    expect(take([broken]).irregularities).toEqual({ 'with more bad than requests': 1 })
    expect(take([broken]).windows).toEqual([])
  })

  it('begin no sooner than the step', () => {
    const look = { now: 100, stepStartedAt: 20 }
    const { windows, irregularities } = take([window(19, 30), window(20, 40)], {}, look)
    expect(windows).toEqual([window(20, 40)])
    expect(irregularities).toEqual({ 'begun before the step': 1 })
  })

  it('may end now and begin where the last one ended', () => {
    expect(take([window(50, 100)], { readUntil: 50 }).windows).toHaveLength(1)
  })

  it('come back when their time has come, after a clock jumped', () => {
    const early = take([window(0, 10), window(10, 200)])
    expect(early.readUntil).toBe(10)
    const later = take([window(10, 200)], early, { now: 200, stepStartedAt: 0 })
    expect(later.windows).toEqual([window(10, 200)])
    expect(later.irregularities).toEqual({ 'ending in the future': 1 })
  })

  it.each([
    ['shrank', window(0, 10, 0)],
    ['grew', window(0, 10, 9)],
    ['lost a slot', { from: 0, to: 10, candidate: { bad: 1, total: 10 } }],
  ])('stay as they were first read where their counts %s since', (_name, again) => {
    const first = take([window(0, 10)])
    const second = take([again], first)
    expect(second).toMatchObject({ windows: [], newest: window(0, 10), readUntil: 10 })
    expect(second.irregularities).toEqual({ 'read again with other values': 1 })
  })

  it('are told apart from the newest by both of their ends', () => {
    const first = take([window(5, 10)])
    expect(take([window(4, 10, 3)], first).irregularities).toEqual({ 'counted already': 1 })
    expect(take([window(5, 9, 3)], first).irregularities).toEqual({ 'counted already': 1 })
    expect(take([window(5, 10)], first).irregularities).toEqual({ 'counted already': 1 })
  })

  it('count whole requests', () => {
    const given = {
      from: 0,
      to: 10,
      candidate: { bad: 1.4, total: 9.6 },
      live: { bad: 2, total: 20.5 },
    }
    const { windows, irregularities } = take([given])
    expect(windows).toEqual([
      { from: 0, to: 10, candidate: { bad: 1, total: 10 }, live: { bad: 2, total: 21 } },
    ])
    expect(irregularities).toEqual({ 'rounded to whole requests': 2 })
    expect(soundCounts({ bad: 1 + 1e-9, total: 10 })).toEqual({ value: { bad: 1, total: 10 } })
    expect(soundCounts({ bad: 0, total: 0 })).toEqual({ value: { bad: 0, total: 0 } })
    expect(soundCounts({ bad: 1, total: 9.999 })).toHaveProperty('repaired')
    expect(soundCounts({ bad: 0.999, total: 10 })).toHaveProperty('repaired')
  })

  it('may lack a slot, and are no data without both', () => {
    const { windows, newest, irregularities } = take([
      { from: 0, to: 10, live: { bad: 0, total: 5 } },
      { from: 10, to: 20, candidate: { bad: 0, total: 5 }, live: undefined },
      { from: 20, to: 30, live: { bad: 0, total: 5 } },
      { from: 30, to: 40 },
    ])
    expect(windows).toHaveLength(4)
    expect(newest).toStrictEqual({ from: 30, to: 40 })
    expect(windows[1]).toStrictEqual({ from: 10, to: 20, candidate: { bad: 0, total: 5 } })
    expect(windows[0]).toStrictEqual({ from: 0, to: 10, live: { bad: 0, total: 5 } })
    expect(irregularities).toEqual({ 'without data': 1 })
  })

  it('of a gauge need numbers from 0 on', () => {
    expect(soundValue(0)).toEqual({ value: 0 })
    expect(soundValue(2.5)).toEqual({ value: 2.5 })
    expect(soundValue(-0.1)).toEqual({ refused: 'with a negative value' })
    expect(soundValue(Number.NaN)).toEqual({ refused: 'with a value that is no number' })
  })

  it('tell what was refused at the end of the evidence', () => {
    expect(toldIrregularities({})).toBe('')
    expect(toldIrregularities({ 'counted already': 2, 'without data': 1 })).toBe(
      ' (2 windows counted already, 1 window without data)',
    )
  })
})
