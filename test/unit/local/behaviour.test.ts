import { expect, test } from 'vitest'
import { behaviourOf, evenShare } from '../../../local/sample-app/behaviour.ts'

test.each([
  [0.05, 1_000, 50],
  [0.5, 10, 5],
  [0, 100, 0],
  [1, 100, 100],
])('a share of %d fails exactly that much of %d calls', (share, calls, expected) => {
  for (const seed of [0, 1, 42]) {
    const fails = evenShare(share, seed)
    const failed = Array.from({ length: calls }, fails).filter(Boolean).length
    expect(Math.abs(failed - expected)).toBeLessThanOrEqual(1)
  }
})

test('errors are spread evenly and begin where the seed says', () => {
  const first = (seed: number) => Array.from({ length: 40 }, evenShare(0.05, seed)).indexOf(true)
  const fails = evenShare(0.05, 3)
  const at = Array.from({ length: 200 }, fails).flatMap((failed, call) => (failed ? [call] : []))
  const gaps = at.slice(1).map((call, index) => call - (at[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(19)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(21)
  expect(first(1)).not.toBe(first(90))
})

test.each([
  [{ ERRORS: '5' }, 'ERRORS="5": use a share such as 5%'],
  [{ ERRORS: '500%' }, 'ERRORS="500%": use a share such as 5%'],
  [{ LATENCY: 'slow' }, 'LATENCY="slow": use a whole number, 0 or more'],
  [{ CRASH_AFTER: '-1' }, 'CRASH_AFTER="-1": use a whole number, 0 or more'],
])('a broken environment %j is refused by name', (environment, message) => {
  expect(() => behaviourOf(environment)).toThrow(message)
})
