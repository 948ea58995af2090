import { expect, it } from 'vitest'
import type { Verdict } from '../../../core/model/verdict.ts'
import { withVerdicts } from '../../../core/model/verdict-series.ts'

it('a series keeps its table whatever a function calls its numbers', () => {
  const verdict = (at: number, numbers: Verdict['numbers']): Verdict => ({
    check: 'journeys',
    kind: 'pass',
    reason: '',
    numbers,
    source: '',
    window: { from: 0, to: at },
    at,
  })
  const first = withVerdicts({}, [verdict(1_000, { 'p99, ms': 12, 'lost\norders': 0 })], {
    now: 1_000,
    startedAt: 0,
  })
  const second = withVerdicts(first, [verdict(2_000, { 'lost\norders': 3, 'p99, ms': 15 })], {
    now: 2_000,
    startedAt: 0,
  })
  expect(second.journeys).toBe('at,verdict,p99  ms,lost orders\n1,pass,12,0\n2,pass,15,3')
})
