import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measureColdStarts } from '../../../bench/cold-start.ts'
import { missedIn } from '../../../bench/line.ts'
import { measureWarmFunction } from '../../../bench/memory/warm-function.ts'
import {
  bundleFunctions,
  type FunctionBundle,
  ROOT,
} from '../../../infra/bundling/bundle-functions.ts'

let folder: string
let bundles: readonly FunctionBundle[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  bundles = Object.values(await bundleFunctions(ROOT, folder))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the benchmarks of functions', () => {
  it('have the size of each bundle, its import against its clients’, and its memory', async () => {
    const some = bundles.slice(0, 2)
    const measurements = await measureColdStarts(some, 1)
    expect(measurements.map(({ name, lines }) => [name, lines.length])).toEqual([
      ['size', 2],
      ['cold start', 2],
      ['memory', 2],
    ])
    const [sizes] = measurements
    expect(sizes && missedIn([sizes])).toEqual([])
  })

  it('have the heap of a warm function, of which the events are its own', async () => {
    const { lines } = await measureWarmFunction(bundles, [1, 20, 60])
    const [growth, peak] = lines
    expect(growth).toMatchObject({ unit: '×', beside: expect.stringMatching(/^\d+\.\d MB after/) })
    expect(peak?.measured).toBeGreaterThan(0.05)
    expect(peak?.measured).toBeLessThan(0.75)
  })
})
