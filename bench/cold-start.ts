import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { FunctionBundle } from '../infra/bundling/bundle-functions.ts'
import type { Line, Measurement } from './line.ts'

const ROOT = join(import.meta.dirname, '..')
const MOST_BYTES = 350_000
/** Of importing a function's SDK clients as npm has them. */
const MOST_SHARE = 0.5

/** What a fresh process takes to import something. */
interface Import {
  readonly milliseconds: number
  /** Memory that it adds to the process. */
  readonly megabytes: number
}

const MEASURE = `
const before = process.memoryUsage().rss
const start = performance.now()
await Promise.all(process.argv.slice(1).map((one) => import(one)))
const milliseconds = performance.now() - start
const megabytes = (process.memoryUsage().rss - before) / 1e6
console.log(JSON.stringify({ milliseconds, megabytes }))
`

async function importOnce(specifiers: readonly string[]): Promise<Import> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', MEASURE, '--', ...specifiers],
    { cwd: ROOT },
  )
  return JSON.parse(stdout)
}

/** Sizes of all functions' bundles, and what their import costs beside that of their SDK clients as npm has them. */
export async function measureColdStarts(
  bundles: readonly FunctionBundle[],
  runs: number,
): Promise<readonly Measurement[]> {
  const starts: Line[] = []
  const memory: Line[] = []
  for (const { name, directory, clients } of bundles) {
    const bundled: Import[] = []
    const unbundled: Import[] = []
    // In turns, so that whatever else the machine does hits both.
    for (let run = 0; run < runs; run++) {
      bundled.push(await importOnce([pathToFileURL(join(directory, 'index.mjs')).href]))
      unbundled.push(await importOnce(clients))
    }
    // The least of several: what else the machine does only ever adds.
    const times = (of: readonly Import[]) => least(of.map(({ milliseconds }) => milliseconds))
    const memories = (of: readonly Import[]) => least(of.map(({ megabytes }) => megabytes))
    const [time, beside] = [times(bundled), times(unbundled)]
    starts.push({
      what: `import of ${name}, against its SDK clients unbundled`,
      measured: time / beside,
      unit: '×',
      atMost: MOST_SHARE,
      beside: `${time.toFixed(0)} ms against ${beside.toFixed(0)} ms`,
    })
    memory.push({
      what: `memory of ${name}, imported`,
      measured: memories(bundled),
      unit: 'MB',
      beside: `its SDK clients unbundled: ${memories(unbundled).toFixed(0)} MB`,
    })
  }
  const sizes = bundles.map(({ name, startBytes, onDemandBytes }) => ({
    what: `bundle of ${name}`,
    measured: (startBytes + onDemandBytes) / 1_000,
    unit: 'kB',
    atMost: MOST_BYTES / 1_000,
  }))
  return [
    { name: 'size', lines: sizes },
    { name: 'cold start', lines: starts },
    { name: 'memory', lines: memory },
  ]
}

function least(values: readonly number[]): number {
  return Math.min(...values)
}
