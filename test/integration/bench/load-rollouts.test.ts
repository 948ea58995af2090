import { expect, inject, it } from 'vitest'
import { isKept } from '../../../bench/line.ts'
import { linesOf } from '../../../bench/load/report.ts'
import { runRollouts } from '../../../bench/load/run-rollouts.ts'

it('of rollouts at once, after a burst of events and under a quota, each ends as its candidate deserves', async () => {
  const size = {
    canaries: 6,
    events: 40,
    rollouts: 3,
    seed: 1,
    quota: { requestsPerSecond: 10, requestBurst: 3 },
  }
  const seen = await runRollouts(inject('template'), size)

  expect(linesOf(size, seen).filter((line) => !isKept(line))).toEqual([])
  expect(seen.executions).toBe(3)
  expect(seen.rollouts.map(({ bad, outcome }) => [bad, outcome])).toEqual([
    [true, 'failed-back'],
    [false, 'promoted'],
    [false, 'promoted'],
  ])
  expect(seen.rollouts.map(({ shifts }) => shifts.length)).toEqual([expect.any(Number), 2, 2])
  expect(seen.throttled.size).toBeGreaterThan(0)
})
