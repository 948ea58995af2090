import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Size, sizing } from '../../../core/analysis/capacity.ts'

const size = (changes: Partial<Size> = {}): Size => ({
  weight: 50,
  liveDesired: 10,
  desired: 2,
  running: 2,
  ...changes,
})

describe('how many tasks a share needs', () => {
  it.each([
    [10, 50, 5],
    [10, 25, 3],
    [10, 1, 1],
    [10, 0.1, 1],
    [10, 100, 10],
    [250, 64.4, 161],
    [375, 8.8, 33],
    // Nobody fails back to nothing, but a rollout may find live at 0 for a moment.
    [0, 100, 1],
  ])('of %d tasks of live, for %d %%: %d', (liveDesired, weight, needed) => {
    expect(sizing(size({ liveDesired, weight }), false).needed).toBe(needed)
  })

  it('is enough when as many run, whatever is wanted', () => {
    expect(sizing(size({ running: 5, desired: 2 }), false).enough).toBe(true)
    expect(sizing(size({ running: 4, desired: 9 }), false).enough).toBe(false)
  })
})

describe('what is raised', () => {
  const bounds = { minimum: 2, maximum: 8 }

  it.each<[string, Partial<Size>, boolean, object]>([
    ['nothing where nobody scales', { bounds }, false, {}],
    ['the count, where nothing else scales the service', {}, true, { desiredCount: 5 }],
    ['the minimum with it', { bounds }, true, { minimum: 5, desiredCount: 5 }],
    ['the minimum alone, where the count is enough', { bounds, desired: 7 }, true, { minimum: 5 }],
    ['no minimum that is enough', { bounds: { minimum: 6, maximum: 8 }, desired: 7 }, true, {}],
    [
      'a count below the service’s own minimum, as it is',
      { bounds: { minimum: 6, maximum: 8 }, desired: 0 },
      true,
      { desiredCount: 6 },
    ],
    [
      'no more than autoscaling allows',
      { bounds: { minimum: 2, maximum: 4 } },
      true,
      { minimum: 4, desiredCount: 4 },
    ],
    [
      'a minimum that a scale down took, where nobody scales',
      { bounds: { minimum: 0, maximum: 8 }, ownMinimum: 3 },
      false,
      { minimum: 3 },
    ],
    [
      'of the minimum that a scale down took and what is needed, the larger',
      { bounds: { minimum: 0, maximum: 8 }, ownMinimum: 6 },
      true,
      { minimum: 6, desiredCount: 6 },
    ],
  ])('%s', (_, changes, scales, raise) => {
    expect(sizing(size(changes), scales).raise).toEqual(raise)
  })

  it('says where autoscaling would take tasks away that are needed', () => {
    expect(sizing(size({ bounds: { minimum: 2, maximum: 4 } }), true).beyondMaximum).toBe(true)
    expect(sizing(size({ bounds }), true).beyondMaximum).toBe(false)
  })

  it('whatever stands: never lowered, never beyond the bounds, and enough wherever they allow it', () => {
    const counts = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }).map((tenths) => tenths / 10),
        counts,
        counts,
        fc.option(fc.tuple(counts, counts), { nil: undefined }),
        fc.option(counts, { nil: undefined }),
        fc.boolean(),
        (weight, liveDesired, desired, pair, ownMinimum, scales) => {
          const bounds = pair && { minimum: Math.min(...pair), maximum: Math.max(...pair) }
          const given = { weight, liveDesired, desired, running: desired, bounds, ownMinimum }
          const { raise, needed, beyondMaximum } = sizing(given, scales)
          const { minimum = bounds?.minimum ?? 0, desiredCount = desired } = raise
          expect(minimum).toBeGreaterThanOrEqual(bounds?.minimum ?? 0)
          expect(desiredCount).toBeGreaterThanOrEqual(desired)
          if (bounds) expect(minimum).toBeLessThanOrEqual(bounds.maximum)
          if (bounds && 'desiredCount' in raise)
            expect(desiredCount).toBeLessThanOrEqual(bounds.maximum)
          if (scales && !beyondMaximum) expect(desiredCount).toBeGreaterThanOrEqual(needed)
          if (!scales) expect(raise).not.toHaveProperty('desiredCount')
        },
      ),
    )
  })
})
