import { describe, expect, it } from 'vitest'
import {
  type Alignment,
  alignedCounts,
  alignedRange,
  alignedValues,
  readFrom,
} from '../../../../core/analysis/comparison/aligned-windows.ts'

const MINUTE = 60_000

const BOTH: Alignment = {
  from: 0,
  now: 4 * MINUTE,
  period: 60,
  delay: 60,
  awaited: ['candidate', 'live'],
}

/** A point for each minute that has a value. */
const points = (...values: (number | undefined)[]) =>
  values.flatMap((value, minute) => (value === undefined ? [] : { at: minute * MINUTE, value }))

const window = (minute: number, candidate?: object | number, live?: object | number) => ({
  from: minute * MINUTE,
  to: (minute + 1) * MINUTE,
  candidate,
  live,
})

describe('aligned windows', () => {
  it('stand both slots side by side, and take a missing number of bad requests for zero', () => {
    const windows = alignedCounts(
      {
        candidate: { bad: points(undefined, 2), total: points(100, 110, 120) },
        live: { bad: points(3), total: points(1_000, 900, 1_100) },
      },
      BOTH,
    )
    expect(windows).toEqual([
      window(0, { bad: 0, total: 100 }, { bad: 3, total: 1_000 }),
      window(1, { bad: 2, total: 110 }, { bad: 0, total: 900 }),
      window(2, { bad: 0, total: 120 }, { bad: 0, total: 1_100 }),
    ])
  })

  it('leave bad requests without any request to be refused', () => {
    const [first] = alignedCounts(
      { candidate: { bad: points(5), total: [] }, live: { bad: [], total: points(10) } },
      { ...BOTH, now: 2 * MINUTE },
    )
    expect(first?.candidate).toEqual({ bad: 5, total: 0 })
  })

  it('await a slot’s late points for two periods beyond the delay, and go on without them then', () => {
    const late = {
      candidate: { bad: [], total: points(100, undefined, 120, 130, 140) },
      live: { bad: [], total: points(1_000, 900, 1_100, 950, 900) },
    }
    const at = (minutes: number) => alignedCounts(late, { ...BOTH, now: minutes * MINUTE })
    expect(at(4)).toHaveLength(1)
    // The second minute ended at 2, its points were due at 3.
    expect(at(5 - 1 / 60)).toHaveLength(1)
    expect(at(5)).toHaveLength(4)
    expect(at(5)[1]).toEqual(window(1, undefined, { bad: 0, total: 900 }))
  })

  it('await no slot that has no traffic', () => {
    const alone = {
      candidate: { bad: [], total: points(100, 110, 120) },
      live: { bad: [], total: [] },
    }
    expect(alignedCounts(alone, { ...BOTH, now: BOTH.now - 1 })).toHaveLength(0)
    const windows = alignedCounts(alone, { ...BOTH, awaited: ['candidate'] })
    expect(windows).toHaveLength(3)
    expect(windows[0]).toEqual(window(0, { bad: 0, total: 100 }))
  })

  it('of a gauge have one value a slot; of two at one time the first counts', () => {
    const windows = alignedValues(
      { candidate: [...points(5, 6), { at: 0, value: 99 }], live: points(7, 8) },
      { ...BOTH, now: 3 * MINUTE },
    )
    expect(windows).toEqual([window(0, 5, 7), window(1, 6, 8)])
  })

  it('are whole periods, from the first that begins after what was read', () => {
    const range = { from: MINUTE + 1, now: 5 * MINUTE - 1, period: 60, delay: 90 }
    expect(alignedRange(range)).toEqual({ from: 2 * MINUTE, to: 3 * MINUTE })
    expect(alignedRange({ ...range, from: MINUTE, delay: 0 })).toEqual({
      from: MINUTE,
      to: 4 * MINUTE,
    })
  })

  it('go on after what was counted, and never before the step', () => {
    expect(readFrom(undefined, { stepStartedAt: 7 })).toBe(7)
    expect(readFrom({ readUntil: 5 }, { stepStartedAt: 7 })).toBe(7)
    expect(readFrom({ readUntil: 9 }, { stepStartedAt: 7 })).toBe(9)
  })
})
