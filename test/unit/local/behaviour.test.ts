import { expect, test } from 'vitest'
import { behaviourOf } from '../../../local/sample-app/behaviour.ts'
import { evenShare } from '../../../local/sample-app/even-share.ts'
import { parseFaults } from '../../../local/sample-app/faults.ts'
import { helpText } from '../../../local/sample-app/help.ts'

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
  [{ PORT: '65536' }, 'PORT="65536": use a whole number, from 0 to 65535'],
  [{ UNHEALTHY: 'yes' }, 'UNHEALTHY="yes": use 1 or 0'],
  [{ DEPENDENCY: 'db:5432' }, 'DEPENDENCY="db:5432": use an address such as http://'],
  [{ ERRORS: '5%', FAULTS: 'errors=1%' }, 'either ERRORS or errors in FAULTS'],
  [{ FAULTS: 'latency=x2@p10' }, 'LATENCY, which is 0: set LATENCY'],
  [{ FAULTS: 'errors=1%,errors=2%' }, 'errors is given twice'],
  [{ FAULTS: 'slow' }, 'FAULTS has "slow": use errors, latency, leak, crash-after, unhealthy'],
  [{ FAULTS: 'toString' }, 'FAULTS has "toString": use errors'],
  [{ FAULTS: 'leak,errors=5' }, 'FAULTS has "errors=5": use errors=0.5%'],
  [{ FAULTS: 'errors=101%' }, 'FAULTS has "errors=101%": use errors=0.5%'],
  [{ FAULTS: 'latency=80ms' }, 'FAULTS has "latency=80ms": use latency=+80ms or latency=x2@p10'],
  [{ FAULTS: 'latency=x0.5' }, 'use latency=+80ms or latency=x2@p10'],
  [{ FAULTS: 'latency=+80ms@p101' }, 'use latency=+80ms or latency=x2@p10'],
  [{ FAULTS: 'latency=+80' }, 'use latency=+80ms or latency=x2@p10'],
  [{ FAULTS: 'leak=1GB' }, 'FAULTS has "leak=1GB": use leak or leak=8kB'],
  [{ FAULTS: 'leak=0B' }, 'use leak or leak=8kB'],
  [{ FAULTS: 'crash-after' }, 'FAULTS has "crash-after": use crash-after=20s'],
  [{ FAULTS: 'unhealthy=1' }, 'FAULTS has "unhealthy=1": use unhealthy'],
])('a broken environment %j is refused by name', (environment, message) => {
  expect(() => behaviourOf(environment)).toThrow(message)
})

const fates = (environment: Record<string, string>, requests = 200) => {
  const { next } = behaviourOf(environment)
  return Array.from({ length: requests }, next)
}

test('faults go together', () => {
  const faults = 'errors=0.5%, latency=+80ms latency=x2@p10,leak=8kB,crash-after=20s,unhealthy'
  const behaviour = behaviourOf({ FAULTS: faults, LATENCY: '20' })
  expect(behaviour).toMatchObject({ unhealthy: true, crashAfter: 20_000 })
  const all = Array.from({ length: 200 }, behaviour.next)
  expect(all.filter(({ failed }) => failed)).toHaveLength(1)
  expect(all.every(({ leaked }) => leaked === 8_192)).toBe(true)
  // Factors before additions: twice the application's own time, and the addition once.
  expect(all.filter(({ delay }) => delay === 120)).toHaveLength(20)
  expect(all.filter(({ delay }) => delay === 100)).toHaveLength(180)
})

test('without faults a request is answered at once and leaves nothing behind', () => {
  const plain = { failed: false, delay: 0, leaked: 0 }
  expect(fates({ FAULTS: '' }, 3)).toEqual([plain, plain, plain])
  expect(fates({ LATENCY: '20' }, 1)).toEqual([{ ...plain, delay: 20 }])
})

test('the older variables still say what they said', () => {
  expect(fates({ ERRORS: '5%' }).filter(({ failed }) => failed)).toHaveLength(10)
  expect(behaviourOf({ UNHEALTHY: '1', CRASH_AFTER: '5' })).toMatchObject({
    unhealthy: true,
    crashAfter: 5,
  })
  expect(behaviourOf({ UNHEALTHY: '0' }).unhealthy).toBe(false)
})

test('the same seed strikes the same requests, another one others', () => {
  const struck = (SEED: string) =>
    fates({ FAULTS: 'errors=5%,latency=+80ms@p5', SEED }).map(({ failed, delay }) => [
      failed,
      delay,
    ])
  expect(struck('7')).toEqual(struck('7'))
  expect(struck('7')).not.toEqual(struck('50'))
})

test('slow requests are not the ones that fail', () => {
  const all = fates({ FAULTS: 'errors=5%,latency=+80ms@p5' }, 400)
  expect(all.filter(({ failed, delay }) => failed && delay > 0)).toEqual([])
})

test('every example of the help is understood', () => {
  const examples = [...helpText.matchAll(/^ {4}(\S+) /gm)].map(([, text = '']) => text)
  expect(examples.length).toBeGreaterThan(5)
  for (const example of examples) expect(parseFaults(example)).toHaveLength(1)
})
