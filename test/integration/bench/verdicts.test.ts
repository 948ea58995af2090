import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createDice } from '../../../bench/verdicts/dice.ts'
import { measureTenChecks } from '../../../bench/verdicts/measure-others.ts'
import { measureRow, missedBy } from '../../../bench/verdicts/measure-rows.ts'
import { measureSpeed } from '../../../bench/verdicts/measure-speed.ts'
import { ERROR_ROWS, SLOW_ROWS } from '../../../bench/verdicts/rows.ts'

const binding = [...ERROR_ROWS, ...SLOW_ROWS].filter(({ mustReach }) => mustReach)

describe('the benchmark of verdicts', () => {
  it.each(binding)('$name reaches its bounds, in fewer runs', (row) => {
    expect(measureRow(row, 200, 2).missed).toEqual([])
  })

  it('keeps the error budget with ten checks at once', () => {
    for (const { missed } of measureTenChecks(50, 3)) expect(missed).toEqual([])
  })

  it('remembers no more after a thousand looks than a record can hold fifty times', () => {
    for (const { bytes } of measureSpeed(1)) expect(bytes).toBeLessThan(2_000)
  })

  it('gives the same numbers for the same seed, and others for another', () => {
    const [row] = binding
    const measure = (seed: number) => row && measureRow(row, 20, seed)
    expect(measure(7)).toEqual(measure(7))
    expect(measure(7)).not.toEqual(measure(8))
  })

  it('says what a row has missed', () => {
    const bounds = { failedAtMost: 0.01, failedAtLeast: 1, badAtMost: 5, secondsAtMost: 20 }
    expect(missedBy({ failed: 0.5, bad: 6, seconds: 21 }, bounds)).toEqual([
      'failed back in more than 1 %',
      'failed back in less than 100 %',
      'more than 5 bad requests',
      'more than 20 s',
    ])
    expect(missedBy({ failed: 0.01 }, { failedAtMost: 0.01 })).toEqual([])
  })

  it('has fair dice', () => {
    const dice = createDice(1, 'fair')
    for (const chance of [0.001, 0.3, 0.9]) {
      let successes = 0
      for (let run = 0; run < 2_000; run++) successes += dice.successes(100, chance)
      const deviation = Math.sqrt(200_000 * chance * (1 - chance))
      expect(Math.abs(successes - 200_000 * chance)).toBeLessThan(4 * deviation)
    }
  })

  it('ends with 1 where a bound is missed, and prints one JSON document all the same', async () => {
    // Of so few runs, with this seed, the mean of some row lies beyond its bound.
    const { code, stdout } = await bench('verdicts', '--runs', '2', '--seed', '3', '--json')
    const report = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(report).toMatchObject({ ok: false, seed: 3, runs: 2, speed: expect.any(Array) })
    expect(report.errors).toHaveLength(ERROR_ROWS.length)
  })

  it.each([
    [['nothing'], '"nothing" is no benchmark, use trigger, '],
    [['verdicts', '--runs', 'many'], '--runs is "many", use a whole number from 1 on'],
  ])('refuses %j', async (given, reason) => {
    const { code, stderr } = await bench(...given)
    expect(code).toBe(2)
    expect(stderr).toContain(reason)
  })
})

function bench(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...options], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}
