import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'

interface Told {
  readonly failures: readonly unknown[]
  readonly rollouts: number
  readonly digests: Readonly<Record<string, string>>
}

/** The command as people run it, in a process of its own. */
function simulate(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const script = join(import.meta.dirname, 'main.ts')
  return new Promise((resolve) => {
    const most = { maxBuffer: 64 * 1024 * 1024 }
    execFile(process.execPath, [script, ...args], most, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })
}

const template = () => ['--template', inject('template')]

const told = async (...args: readonly string[]): Promise<Told & { code: number }> => {
  const { code, out, err } = await simulate(...args, '--no-coverage', '--json', ...template())
  if (out === '') throw new Error(err)
  return { ...JSON.parse(out), code }
}

describe('the simulation', () => {
  it('holds every promise in 300 seeds, and the same seed gives the same trace in another process', async () => {
    const all = await told('--seeds', '300')
    expect(all.failures).toEqual([])
    expect(all.code).toBe(0)
    expect(all.rollouts).toBeGreaterThan(300)
    const again = await told('--seeds', '5', '--from', '151', '--jobs', '1')
    expect(again.digests).toEqual(
      Object.fromEntries(Object.keys(again.digests).map((seed) => [seed, all.digests[seed]])),
    )
  })

  it('replays a seed with some of its faults alone', async () => {
    const { code, out } = await simulate('--seed', '2', '--replay', 'none', '--json', ...template())
    expect(code).toBe(0)
    const { scenario, trace } = JSON.parse(out)
    expect(scenario).toMatchObject({ seed: 2, faults: [], happenings: [{ id: 'h0' }] })
    expect(trace.length).toBeGreaterThan(50)
  })

  it.each([
    [['--seeds', 'many'], '--seeds is "many", use a whole number from 1 on'],
    [['--speed', '1'], "Unknown option '--speed'"],
    [['--replay', 'f1'], '--replay is of one --seed'],
    [['--seed', '1', '--replay', 'f99'], '--replay names "f99", and seed 1 has '],
  ])('called with %j says what is wrong and exits with 2', async (args, reason) => {
    const { code, err } = await simulate(...args)
    expect(err).toContain(reason)
    expect(code).toBe(2)
  })

  it('--help tells its options', async () => {
    const { code, out } = await simulate('--help')
    expect(out).toContain('--replay IDS')
    expect(code).toBe(0)
  })
})
