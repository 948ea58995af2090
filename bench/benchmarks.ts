import { join } from 'node:path'
import type { Assembly } from './assembly.ts'
import { measureCallsPerEvent } from './calls-per-event.ts'
import { measureColdStarts } from './cold-start.ts'
import { costReport, costs } from './cost/report.ts'
import { measureFailBack } from './fail-back/measure.ts'
import { measureSimulatedFailBack } from './fail-back/measure-simulated.ts'
import { measureFirstShift } from './first-shift.ts'
import { measureHistory } from './history.ts'
import { type Measurement, missedIn, tableOf } from './line.ts'
import { measureLoad } from './load/measure.ts'
import { measureManyCanaries } from './many-canaries.ts'
import { measureWarmFunction } from './memory/warm-function.ts'
import { measureRollouts } from './rollouts.ts'
import { measureSimulation } from './simulation/speed.ts'
import { measureSynth } from './synth-time.ts'
import { measureTriggerPath } from './trigger-path.ts'
import { measureVerdicts } from './verdicts/measure.ts'
import { tablesOf } from './verdicts/report.ts'

export interface BenchmarkOptions {
  /** Rollouts for each row of `harm`, `verdicts` or `fail-back`; as many as each takes by itself unless told. */
  readonly runs: number | undefined
  /** What dice start from. */
  readonly seed: number
  /** Of `load`. */
  readonly canaries: number
  readonly events: number
  readonly rollouts: number
  /** The same one for all benchmarks of a run. */
  readonly assembly: () => Promise<Assembly>
}

export interface Report {
  readonly ok: boolean
  readonly json: unknown
  /** Lines of the one table of all benchmarks; the others have tables of their own. */
  readonly measurements?: readonly Measurement[]
  readonly table: string
}

export interface Benchmark {
  readonly name: string
  readonly what: string
  /** Takes longer than somebody waits for all of them; a part of a minute at most without it. */
  readonly slow?: true
  run(options: BenchmarkOptions): Promise<Report>
}

/** Fresh imports of each bundle. */
const IMPORTS = 3

/** Rollouts for each cause of harm; each takes a core about a fifth of a second. */
const HARMS = { alb: 25, route53: 5 }

/** Rollouts of a candidate that is slow to start. */
const SLOW_STARTS = 20

const CANARIES = 1_000

const ROLLOUTS_BEFORE = 50

/** The first, once what runs is compiled, and the last. */
const WARM_EVENTS = [1, 300, 3_000] as const

/** Of the simulation, each with one rollout or a few. */
const SEEDS = 60

/** One that is measured in lines, each with its bound. */
function inLines(
  name: string,
  what: string,
  measure: (options: BenchmarkOptions) => Promise<readonly Measurement[]>,
): Benchmark {
  return {
    name,
    what,
    async run(options) {
      const measurements = await measure(options)
      const ok = missedIn(measurements).length === 0
      return { ok, json: { ok, measurements }, measurements, table: tableOf(measurements) }
    },
  }
}

export const BENCHMARKS: readonly Benchmark[] = [
  inLines('trigger', 'what the trigger function makes of an event: calls and time', async () => [
    await measureTriggerPath(),
  ]),
  inLines('calls', 'the calls to AWS that each kind of event costs', async () => [
    {
      name: 'calls',
      lines: (await measureCallsPerEvent()).map(({ name, kind, calls, total, atMost }) => ({
        what: name,
        measured: total,
        unit: 'calls',
        atMost,
        beside: `${kind}: ${Object.entries(calls)
          .map(([operation, count]) => (count === 1 ? operation : `${count}× ${operation}`))
          .join(', ')}`,
      })),
    },
  ]),
  inLines(
    'rollouts',
    'transitions, invocations, calls and dollars of rollouts of 3, 10 and 30 steps, and how they grow',
    async ({ assembly }) => measureRollouts((await assembly()).folder),
  ),
  inLines(
    'shift',
    'from the event of a new revision to its first traffic, in simulated seconds and in calls',
    async ({ seed, assembly }) => [
      await measureFirstShift((await assembly()).folder, SLOW_STARTS, seed),
    ],
  ),
  inLines(
    'harm',
    'from harm to the verified baseline, for each cause and router, in simulated seconds',
    async ({ runs = HARMS.alb, seed, assembly }) => {
      const { folder } = await assembly()
      const times = { alb: runs, route53: Math.min(runs, HARMS.route53) }
      return [await measureSimulatedFailBack(folder, times, seed)]
    },
  ),
  inLines('canaries', 'an event among a thousand canaries', async () => [
    await measureManyCanaries(CANARIES),
  ]),
  inLines('history', 'a rollout and an event after fifty rollouts', async ({ assembly }) => [
    await measureHistory((await assembly()).folder, ROLLOUTS_BEFORE),
  ]),
  inLines(
    'bundles',
    'sizes of bundles, their import and its memory beside the SDK’s',
    async ({ assembly }) => measureColdStarts((await assembly()).bundles, IMPORTS),
  ),
  inLines('memory', 'of a warm function, while events come', async ({ assembly }) => [
    await measureWarmFunction((await assembly()).bundles, WARM_EVENTS),
  ]),
  inLines('simulation', 'rollouts that a core simulates in a second', async ({ assembly }) => [
    await measureSimulation((await assembly()).folder, SEEDS),
  ]),
  {
    name: 'cost',
    what: 'what a rollout costs on AWS, by list prices and by the work that it has to do',
    run: async () => ({ ok: true, json: { ok: true, costs: costs() }, table: costReport() }),
  },
  {
    name: 'load',
    what: 'a burst of 10,000 task events, 30 % of them twice, for 1,000 canaries, and 200 rollouts at once under Route 53’s quota, over HTTP; five minutes',
    slow: true,
    async run({ seed, canaries, events, rollouts, assembly }) {
      const { folder } = await assembly()
      const measurements = await measureLoad(folder, { canaries, events, rollouts, seed })
      const ok = missedIn(measurements).length === 0
      return { ok, json: { ok, measurements }, measurements, table: tableOf(measurements) }
    },
  },
  {
    name: 'verdicts',
    what: 'how soon and how surely the comparison with the live slot fails a bad version, and how seldom a good one; two minutes',
    slow: true,
    async run({ runs = 2_000, seed }) {
      const report = measureVerdicts(runs, seed)
      return { ok: report.ok, json: report, table: tablesOf(report) }
    },
  },
  {
    name: 'fail-back',
    what: 'from an abort that is typed, a task that dies or an alarm that fires to the verified baseline, by the clock; half an hour',
    slow: true,
    async run({ runs = 100, assembly }) {
      const { folder, work } = await assembly()
      const measurements = [await measureFailBack(folder, join(work, 'command'), runs)]
      const ok = missedIn(measurements).length === 0
      return { ok, json: { ok, measurements }, measurements, table: tableOf(measurements) }
    },
  },
  {
    name: 'synth',
    what: 'npm run synth of the example environments with ten canaries each',
    slow: true,
    async run() {
      const measured = await measureSynth()
      const { canaries, seconds, atMost } = measured
      const table = `synth with ${canaries} canaries in each environment: ${seconds} s, at most ${atMost} s`
      return { ok: measured.ok, json: measured, table }
    },
  },
]
