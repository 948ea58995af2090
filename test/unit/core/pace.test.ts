import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pace, spareLooks } from '../../../core/analysis/pace.ts'
import { type Definition, parseDefinition } from '../../../core/model/definition.ts'
import { mostLooks } from '../../../core/model/execution-limits.ts'
import { definition } from '../../fixtures/world.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600
const DAY = 24 * HOUR

const parsed = (changes: Record<string, unknown> = {}) =>
  parseDefinition(definition({ interval: '30s', ...changes }))

/** As tight as a definition may be: nothing is to spare but what is kept free for gates. */
function tightest(): Definition {
  for (let minutes = 900; ; minutes--) {
    const plan = [{ weight: 100, bake: `${minutes}m` }]
    try {
      return parsed({ plan, maxExtension: '0s' })
    } catch {
      // Still too long.
    }
  }
}

interface Closing {
  readonly seconds: number
  /** Whether anybody can tell how long it takes. */
  readonly known: boolean
}

/** Looks on the record after some gates, each closed for so long, one after the other, at one step. */
function looksAfter(
  gates: readonly Closing[],
  fields: Definition,
  step: number,
  before = 0,
): number {
  let looks = before
  let now = START
  for (const { seconds, known } of gates) {
    const since = now
    const opens = now + seconds * 1000
    while (now < opens) {
      const gate = known ? { since, until: opens } : { since }
      now += pace(gate, { looks, step }, fields, now) * 1000
      looks += step === 0 ? 2 : 1
    }
  }
  return looks
}

describe('the pace of looks at a closed gate', () => {
  it.each<[string, number, number | undefined, number]>([
    ['is the interval at first', 0, undefined, 30],
    ['is the interval for hours where nobody knows until when', 2 * HOUR, undefined, 30],
    ['is minutes after a day', DAY, undefined, 319],
    ['is the interval at first, however long it may take', 0, 7 * DAY, 30],
    ['is the interval for hours of a long wait', 2 * HOUR, 7 * DAY, 30],
    ['is minutes after a day of a week', DAY, 6 * DAY, 319],
    ['is the interval again where hours are left', 6 * DAY, 2 * HOUR, 30],
    ['is what is left before the end', DAY, 7, 7],
    ['is at least a second', DAY, -7, 1],
  ])('%s', (_, waited, left, seconds) => {
    const now = START + waited * 1000
    const gate = { since: START, ...(left === undefined ? {} : { until: now + left * 1000 }) }
    expect(pace(gate, { looks: 0, step: 1 }, parsed(), now)).toBe(seconds)
  })

  it('keeps free what the plan may need', () => {
    const fields = parsed()
    const spare = spareLooks({ looks: 0, step: 1 }, fields)
    // Three steps of a minute, each extended by a minute, with a look each 30 s, and one more a step.
    expect(mostLooks(fields) - spare).toBe(12 + 3)
    expect(spareLooks({ looks: 10, step: 3 }, fields)).toBe(spare - 10 + 2 * 5)
  })

  it('never outgrows the history, for any sequence of gates', () => {
    const gates = fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 30 * DAY }),
        known: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    const definitions = fc.constantFrom(parsed(), parsed({ interval: '1s' }), tightest())
    fc.assert(
      fc.property(gates, definitions, fc.constantFrom(0, 1), (closings, fields, step) => {
        // All of them together: no rollout is held for longer than its execution may last.
        let left = 30 * DAY
        const within = closings.map((one) => {
          const seconds = Math.min(one.seconds, left)
          left -= seconds
          return { ...one, seconds }
        })
        const looks = looksAfter(within, fields, step)
        const needed = mostLooks(fields) - spareLooks({ looks: 0, step }, fields)
        expect(looks + needed).toBeLessThanOrEqual(mostLooks(fields))
      }),
      { numRuns: 100 },
    )
  })

  it('leaves a good part of the looks to the gates that follow', () => {
    const fields = parsed()
    const spare = spareLooks({ looks: 0, step: 1 }, fields)
    for (const known of [true, false]) {
      const used = looksAfter([{ seconds: 7 * DAY, known }], fields, 1)
      expect(used).toBeGreaterThan(spare / 4)
      expect(used).toBeLessThan(spare * 0.85)
    }
  })
})
