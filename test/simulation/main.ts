import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { coverageOf } from './coverage.ts'
import { scenarioOf } from './generate.ts'
import { runAll } from './pool.ts'
import { replayed } from './replay.ts'
import { coverageTable, failureText, summaryText } from './tell.ts'
import type { Report } from './worker.ts'

/** Seeds that reach everything. */
const DEFAULT_SEEDS = 2_000
/** Failures that are shrunk and told; with more of them something is broken as a whole. */
const MOST_FAILURES = 10

const HELP = `Usage: npm run simulate -- [--seeds N] [--from S] [--jobs N] [--json]
       npm run simulate -- --seed S [--replay IDS]

Runs rollouts on local AWS in this process's children, under a fake clock, with faults, people and bad versions that a
seed decides, and holds Sluice's promises after every event. The same seed gives the same run to the byte.

  --seeds N      how many seeds (${DEFAULT_SEEDS})
  --from S       the first one (1)
  --jobs N       processes at once (as many as cores: ${availableParallelism()})
  --seed S       one seed alone, with its whole trace
  --replay IDS   of that seed's happenings and faults only these: h1,f3; "none" for none
  --no-coverage  does not ask that the seeds reach everything
  --json         one JSON document on stdout and nothing else
  --help         this text

Exits with 1 where a promise is broken or something was not reached, with 2 where it is called wrongly.`

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  jobs: { type: 'string' },
  seed: { type: 'string' },
  replay: { type: 'string' },
  template: { type: 'string' },
  'no-coverage': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

function refuse(reason: string): never {
  console.error(`${reason}; see npm run simulate -- --help`)
  process.exit(2)
}

function readOptions() {
  try {
    return parseArgs({ options, strict: true }).values
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('. ')
    refuse(`${reason}`)
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise)
  if (Number.isSafeInteger(value) && value >= 1) return value
  return refuse(`--${name} is "${text}", use a whole number from 1 on`)
}

const given = readOptions()

/** The template that people deploy, synthesized unless told where it is. */
async function withTemplate<Result>(run: (template: string) => Promise<Result>): Promise<Result> {
  if (given.template !== undefined) return run(given.template)
  const folder = await mkdtemp(join(tmpdir(), 'sluice-simulation-'))
  try {
    const script = join(import.meta.dirname, '../../infra/synth.ts')
    await promisify(execFile)(process.execPath, [script, '--output', folder])
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function one(seed: number): Promise<number> {
  const scenario = replayed(scenarioOf(seed), given.replay)
  if (scenario.kind === 'refused') refuse(scenario.reason)
  const { simulate } = await import('./run.ts')
  const run = await withTemplate((template) => simulate(scenario.scenario, template))
  const { violations, trace } = run
  if (given.json) console.log(JSON.stringify({ scenario: scenario.scenario, ...run }))
  else {
    console.log(trace.join('\n'))
    console.log(
      violations.length === 0
        ? 'every promise held'
        : violations.map(({ rule, what }) => `broken: ${rule}: ${what}`).join('\n'),
    )
  }
  return violations.length === 0 ? 0 : 1
}

async function many(): Promise<number> {
  const seeds = wholeNumber('seeds', given.seeds, DEFAULT_SEEDS)
  const from = wholeNumber('from', given.from, 1)
  const jobs = Math.min(seeds, wholeNumber('jobs', given.jobs, availableParallelism()))
  const reached = new Set<string>()
  const failures: Report[] = []
  const digests: Record<number, string> = {}
  let done = 0
  let rollouts = 0
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000

  function* tasks() {
    for (let seed = from; seed < from + seeds; seed++) yield { seed }
  }
  await withTemplate((template) =>
    runAll(tasks(), { jobs, template }, (report) => {
      done += 1
      rollouts += report.rollouts
      digests[report.seed] = report.digest
      for (const point of report.reached) reached.add(point)
      if (report.violations.length > 0) {
        failures.push(report)
        if (!given.json) console.error(`\n${failureText(report)}`)
      }
      if (!given.json && (done % 100 === 0 || done === seeds)) {
        const left = ((seeds - done) * seconds()) / done
        console.error(
          `${done} of ${seeds} seeds, ${rollouts} rollouts, ${failures.length} broken, about ${Math.ceil(left)} s left`,
        )
      }
      return failures.length < MOST_FAILURES ? 'go on' : 'stop'
    }),
  )
  const coverage = coverageOf(reached)
  const summary = { seeds: done, from, jobs, rollouts, seconds: seconds() }
  if (given.json) {
    console.log(JSON.stringify({ ...summary, failures, coverage, digests }))
  } else {
    console.log(coverageTable(coverage))
    console.log(summaryText(summary, failures.length))
  }
  const covered = given['no-coverage'] === true || coverage.missing.length === 0
  return failures.length === 0 && covered ? 0 : 1
}

if (given.help) console.log(HELP)
else if (given.seed !== undefined) {
  process.env.AWS_REGION ??= 'us-east-1'
  process.exitCode = await one(wholeNumber('seed', given.seed, 1))
} else {
  if (given.replay !== undefined) refuse('--replay is of one --seed')
  process.exitCode = await many()
}
