import { expect, inject, it } from 'vitest'
import { measureFirstShift } from '../../../bench/first-shift.ts'
import { missedIn } from '../../../bench/line.ts'

it('traffic comes to a new revision soon after it is ready, and not before', async () => {
  const measurement = await measureFirstShift(inject('template'), 2, 1)
  expect(missedIn([measurement])).toEqual([])
  const [ready, calls, p50, p99] = measurement.lines.map(({ measured }) => measured)
  expect(ready).toBeGreaterThan(0)
  expect(calls).toBeGreaterThan(20)
  expect(p50).toBeGreaterThan(1)
  expect(p99).toBeGreaterThanOrEqual(p50 ?? 0)
})
