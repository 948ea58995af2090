import { parseArgs } from 'node:util'
import { withAssembly } from './assembly.ts'
import { BENCHMARKS, type Benchmark, type Report } from './benchmarks.ts'
import { tableOf } from './line.ts'
import { keepResult } from './results.ts'

const names = BENCHMARKS.map(({ name }) => name)
const WIDEST = Math.max(...names.map(({ length }) => length))
const listed = BENCHMARKS.map(
  ({ name, what, slow }) => `  ${name.padEnd(WIDEST)} ${what}${slow ? ' (not by itself)' : ''}`,
).join('\n')

const HELP = `Usage: npm run bench -- [NAME] [--json]

Without a name, all but the slow ones. What they find is printed and kept in bench/results.json.

${listed}

Beside them: npm run simulate and npm run fuzz; each has --help.
Exits with 1 if a bound is missed.

  --json      one JSON document on stdout and nothing else; nothing is kept
  --runs      rollouts for each row of harm (25), verdicts (2000) or fail-back (100)
  --seed      what dice start from (1)
  --canaries  of load (1000)
  --events    of load (10000)
  --rollouts  of load, at once (200); at most as many as canaries
  --help      this text`

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  runs: { type: 'string' },
  seed: { type: 'string' },
  canaries: { type: 'string' },
  events: { type: 'string' },
  rollouts: { type: 'string' },
} as const

function refuse(reason: string): never {
  console.error(`${reason}; see npm run bench -- --help`)
  process.exit(2)
}

function readOptions() {
  try {
    return parseArgs({ options, strict: true, allowPositionals: true })
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('. ')
    refuse(`${reason}`)
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    refuse(`--${name} is "${text}", use a whole number from 1 on`)
  }
  return value
}

function chosen(wanted: string | undefined): readonly Benchmark[] {
  if (wanted === undefined) return BENCHMARKS.filter(({ slow }) => !slow)
  const found = BENCHMARKS.filter(({ name }) => name === wanted)
  if (found.length === 0) refuse(`"${wanted}" is no benchmark, use ${names.join(', ')}`)
  return found
}

async function main(): Promise<number> {
  const { values, positionals } = readOptions()
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (positionals.length > 1) refuse(`one benchmark at a time, not ${positionals.join(' ')}`)
  const runs = values.runs === undefined ? undefined : wholeNumber('runs', values.runs)
  const seed = wholeNumber('seed', values.seed ?? '1')
  const canaries = wholeNumber('canaries', values.canaries ?? '1000')
  const events = wholeNumber('events', values.events ?? '10000')
  const rollouts = wholeNumber('rollouts', values.rollouts ?? '200')
  if (rollouts > canaries) refuse(`--rollouts is ${rollouts} of ${canaries} canaries, use fewer`)
  // As Lambda sets it, for functions in this process.
  process.env.AWS_REGION = 'us-east-1'
  const benchmarks = chosen(positionals[0])
  const reports = new Map<string, Report>()
  await withAssembly(async (assembly) => {
    for (const [index, benchmark] of benchmarks.entries()) {
      if (!values.json) console.error(`${index + 1} of ${benchmarks.length}: ${benchmark.name}`)
      const report = await benchmark.run({ runs, seed, canaries, events, rollouts, assembly })
      reports.set(benchmark.name, report)
      if (!values.json) keepResult(benchmark.name, report.json)
    }
  })
  const ok = [...reports.values()].every((report) => report.ok)
  console.log(values.json ? documentOf(reports, ok) : tablesOf(reports))
  if (!values.json && !positionals[0]) {
    const others = names.filter((name) => !reports.has(name))
    console.log(`\nNot run: ${others.join(', ')}; npm run bench -- NAME`)
  }
  return ok ? 0 : 1
}

/** One benchmark's by itself, several by their names. */
function documentOf(reports: ReadonlyMap<string, Report>, ok: boolean): string {
  const [only, ...others] = reports.values()
  const several = () =>
    Object.fromEntries([...reports].map(([name, report]) => [name, report.json]))
  return JSON.stringify(others.length === 0 ? only?.json : { ok, ...several() }, undefined, 2)
}

/** Whatever is measured in lines as one table; the others' own after it. */
function tablesOf(reports: ReadonlyMap<string, Report>): string {
  const all = [...reports.values()]
  const lines = all.flatMap(({ measurements }) => measurements ?? [])
  const own = all.filter(({ measurements }) => !measurements).map(({ table }) => table)
  return [...(lines.length > 0 ? [tableOf(lines)] : []), ...own].join('\n\n')
}

process.exitCode = await main()
