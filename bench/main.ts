import { parseArgs } from 'node:util'
import { type Measured, measureCallsPerEvent } from './calls-per-event.ts'
import { costReport, costs } from './cost/report.ts'
import { measureSynth } from './synth-time.ts'
import { measureVerdicts } from './verdicts/measure.ts'
import { columns, tablesOf } from './verdicts/report.ts'

const HELP = `Usage: npm run bench -- [calls | verdicts | cost | synth] [--json]

  calls     counts the calls to AWS that an event costs, on local AWS in this process
  verdicts  measures how soon and how surely the comparison with the live slot fails a bad version, and how seldom
            a good one, on simulated traffic, beside thresholds and a repeated z-test; takes about two minutes
  cost      reckons what a rollout costs on AWS, by list prices and by the work that it has to do
  synth     measures npm run synth of the example environments with ten canaries each

Exits with 1 if a bound is missed.

  --json    one JSON document on stdout and nothing else
  --runs    rollouts simulated for each row of verdicts (2000)
  --seed    what their dice start from (1)
  --help    this text`

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  runs: { type: 'string' },
  seed: { type: 'string' },
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

function wholeNumber(name: string, text: string | undefined, without: number): number {
  const value = Number(text ?? without)
  if (!Number.isSafeInteger(value) || value < 1) {
    refuse(`--${name} is "${text}", use a whole number from 1 on`)
  }
  return value
}

function tableOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, kind, total, atMost, ok, calls }) => [
    name,
    kind,
    `${total}`,
    `${atMost}${ok ? '' : '  ✗'}`,
    Object.entries(calls)
      .map(([operation, count]) => (count === 1 ? operation : `${count}× ${operation}`))
      .join(', '),
  ])
  return columns([['event', 'is', 'calls', 'at most', ''], ...rows])
}

async function run(what: string, runs: number, seed: number) {
  switch (what) {
    case 'calls': {
      const measured = await measureCallsPerEvent()
      const ok = measured.every((each) => each.ok)
      return { ok, json: { ok, callsPerEvent: measured }, table: tableOf(measured) }
    }
    case 'verdicts': {
      const report = measureVerdicts(runs, seed)
      return { ok: report.ok, json: report, table: tablesOf(report) }
    }
    case 'cost':
      return { ok: true, json: { ok: true, costs: costs() }, table: costReport() }
    case 'synth': {
      const measured = await measureSynth()
      const { canaries, seconds, atMost } = measured
      const table = `synth with ${canaries} canaries in each environment: ${seconds} s, at most ${atMost} s`
      return { ok: measured.ok, json: measured, table }
    }
    default:
      return refuse(`"${what}" is no benchmark, use calls, verdicts, cost or synth`)
  }
}

const { values, positionals } = readOptions()
if (values.help) {
  console.log(HELP)
} else {
  if (positionals.length > 1) refuse(`one benchmark at a time, not ${positionals.join(' ')}`)
  const runs = wholeNumber('runs', values.runs, 2_000)
  const seed = wholeNumber('seed', values.seed, 1)
  const { ok, json, table } = await run(positionals[0] ?? 'calls', runs, seed)
  console.log(values.json ? JSON.stringify(json, undefined, 2) : table)
  process.exitCode = ok ? 0 : 1
}
