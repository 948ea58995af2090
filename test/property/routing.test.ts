import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantize, shareOf } from '../../core/model/routing.ts'
import { SLOTS } from '../../core/model/slot.ts'

const weights = fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10)
const slots = fc.constantFrom(...SLOTS)

describe('promise 6: weights are within bounds and never both zero', () => {
  it.each([255, 999])('for a router of at most %d', (max) => {
    fc.assert(
      fc.property(weights, slots, (weight, candidate) => {
        const pair = quantize(weight, candidate, max)
        for (const slot of SLOTS) {
          expect(Number.isInteger(pair[slot])).toBe(true)
          expect(pair[slot]).toBeGreaterThanOrEqual(0)
          expect(pair[slot]).toBeLessThanOrEqual(max)
        }
        expect(pair.blue + pair.green).toBeGreaterThan(0)
        const share = shareOf(pair, candidate)
        if (weight === 0 || weight === 100) expect(share).toBe(weight)
        else expect(share > 0 && share < 100).toBe(true)
      }),
    )
  })

  it('a load balancer takes every tenth of a percent exactly', () => {
    for (let tenths = 0; tenths <= 1000; tenths++) {
      expect(shareOf(quantize(tenths / 10, 'green', 999), 'green')).toBe(tenths / 10)
    }
  })

  it('no pair within bounds comes nearer', () => {
    const max = 40
    fc.assert(
      fc.property(weights, (weight) => {
        const { blue, green } = quantize(weight, 'green', max)
        const off = (candidate: number, live: number) =>
          Math.abs(candidate / (candidate + live) - weight / 100)
        const inside = weight > 0 && weight < 100
        for (let candidate = inside ? 1 : 0; candidate <= max; candidate++) {
          for (let live = inside ? 1 : 0; live <= max; live++) {
            if (candidate + live === 0) continue
            expect(off(green, blue)).toBeLessThanOrEqual(off(candidate, live) + 1e-9)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each([-1, 100.1, Number.NaN])('%d percent is refused', (weight) => {
    expect(() => quantize(weight, 'blue', 999)).toThrow(/a percentage from 0 to 100/)
  })
})
