import { expect, test } from 'vitest'
import { reportOf } from '../../../../local/demonstration/report.ts'
import { problemsOf, type RolloutResult } from '../../../../local/demonstration/rollout/result.ts'

const result = (given: Partial<RolloutResult> = {}): RolloutResult => ({
  canary: 'shop-alb',
  rollout: 'shop-alb-1',
  router: 'alb',
  outcome: 'failed-back',
  reason: 'error-rate is 0.05',
  held: false,
  weights: [10],
  bakesMs: [3_000],
  baseline: { blue: 100, green: 0 },
  final: { blue: 100, green: 0 },
  triggerMs: 10,
  firstShiftMs: 700,
  failBackMs: 900,
  requests: { blue: 100, green: 10, failed: 1 },
  failures: [],
  ...given,
})

const promoted = (given: Partial<RolloutResult> = {}) =>
  result({ outcome: 'promoted', final: { blue: 0, green: 999 }, failBackMs: null, ...given })

test.each([
  ['failed back to what stood before', result(), 'failed-back', []],
  ['promoted with everything', promoted(), 'promoted', []],
  [
    'another outcome',
    promoted(),
    'failed-back',
    ['shop-alb-1 is promoted, and should be failed-back'],
  ],
  ['held, and failed back', result({ held: true }), 'held', []],
  [
    'failed back without a question',
    result(),
    'held',
    ['shop-alb-1 asked nobody, and should have'],
  ],
  [
    'failed back to something else',
    result({ final: { blue: 999, green: 0 } }),
    'failed-back',
    ['shop-alb-1 left blue 999 : green 0 where blue 100 : green 0 stood before'],
  ],
  [
    'promoted with half of the traffic',
    promoted({ final: { blue: 1, green: 1 } }),
    'promoted',
    ['shop-alb-1 is promoted, but the routing is blue 1 : green 1'],
  ],
] as const)('%s', (_, given, expected, problems) => {
  const how =
    expected === 'held'
      ? ({ outcome: 'failed-back', held: true } as const)
      : ({ outcome: expected } as const)
  expect(problemsOf(given, how)).toEqual(problems)
})

test('one rollout that is not as it should be makes the document not ok; none at all does, too', () => {
  const good = { result: result(), expected: { outcome: 'failed-back' }, problems: [] } as const
  const bad = { ...good, problems: ['wrong'] }
  expect(reportOf([good, good]).ok).toBe(true)
  expect(reportOf([good, bad]).ok).toBe(false)
  expect(reportOf([]).ok).toBe(false)
})
