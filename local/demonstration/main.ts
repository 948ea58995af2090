import { performance } from 'node:perf_hooks'
import { freshTemplate } from './fresh-template.ts'
import { helpText, type Options, parseOptions } from './options.ts'
import { reportOf } from './report.ts'
import { runScenario, type ScenarioRun } from './run-scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { servingText, untilInterrupted } from './serve.ts'
import { openStage, type Stage } from './stage.ts'
import { UsageError } from './usage-error.ts'
import { liveView } from './view/live.ts'
import { type Observer, silent } from './view/observer.ts'
import { plainView } from './view/plain.ts'
import { withSlotNames } from './view/slot-names.ts'

/** As shells tell it: 128 and SIGINT's number. */
const INTERRUPTED = 130

/** How long closing may take, in milliseconds: tasks get two seconds to stop. */
const CLOSING = 5_000

const seconds = (since: number) => (performance.now() - since) / 1_000

function observerFor({ json }: Options): Observer {
  if (json) return silent
  const { stdout, env } = process
  const plain = !stdout.isTTY || env.NO_COLOR !== undefined || env.CI !== undefined
  const view = plain ? plainView((line) => stdout.write(`${line}\n`)) : liveView(stdout)
  return withSlotNames(view)
}

async function demonstrate(options: Options): Promise<void> {
  const began = performance.now()
  const observer = observerFor(options)
  const { port, seed } = options
  const scenario: Scenario = SCENARIOS[options.scenario]
  const stage = await openStage({ port, seed, scenario, template: () => template(observer) })
  const interrupted = untilInterrupted()
  try {
    observer.note(`local AWS at ${stage.url}, permissions enforced; SluiceController deployed`)
    const routers = options.router ? [options.router] : scenario.routers
    const playing = runScenario(stage, scenario, { routers, stay: options.serve, observer })
    // Whoever interrupts a scenario has seen enough: what it still had to say is nobody's.
    const run = await Promise.race([playing, interrupted.then(() => undefined)])
    playing.catch(() => {})
    if (!run) {
      process.exitCode = INTERRUPTED
      return
    }
    observer.summary(run.ended, seconds(began))
    const report = reportOf(run.ended)
    process.exitCode = report.ok ? 0 : 1
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    if (options.serve) await serve(stage, run, options, interrupted)
    await Promise.all(run.traffic.map((each) => each.stop()))
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(lastLines(stage))
    throw error
  } finally {
    endAnyway()
    await stage.close()
    // An interrupted scenario still has traffic and timers of its own, which nobody waits for.
    if (process.exitCode === INTERRUPTED) process.exit()
  }
}

/** What is left open by mistake keeps nobody waiting: the outcome is told, and children go with their parent. */
function endAnyway() {
  setTimeout(() => process.exit(), CLOSING).unref()
}

const lastLines = ({ log }: Stage) =>
  log
    .slice(-20)
    .map((line) => `${line}\n`)
    .join('')

async function serve(
  stage: Stage,
  { ended, environments }: ScenarioRun,
  { json }: Options,
  interrupted: Promise<void>,
) {
  const results = ended.map(({ result }) => result)
  // With --json, stdout holds the document and nothing else.
  const out = json ? process.stderr : process.stdout
  out.write(servingText(stage, environments, results))
  await interrupted
}

async function template(observer: Observer): Promise<string> {
  const began = performance.now()
  const { folder, synthesized } = await freshTemplate(() =>
    observer.note('synthesizing Sluice and the example environments…'),
  )
  observer.note(
    synthesized
      ? `synthesized in ${seconds(began).toFixed(1)} s`
      : 'the template is synthesized already, of these very sources',
  )
  return folder
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(helpText)
  else await demonstrate(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
