import { performance } from 'node:perf_hooks'
import { freshTemplate } from './fresh-template.ts'
import { helpText, type Options, parseOptions } from './options.ts'
import { reportOf } from './report.ts'
import { runScenario } from './run-scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { servingText, untilInterrupted } from './serve.ts'
import { openStage, type Stage } from './stage.ts'
import { UsageError } from './usage-error.ts'
import { liveView } from './view/live.ts'
import { type Observer, silent } from './view/observer.ts'
import { plainView } from './view/plain.ts'

const seconds = (since: number) => (performance.now() - since) / 1_000

function observerFor({ json }: Options): Observer {
  if (json) return silent
  const { stdout, env } = process
  const plain = !stdout.isTTY || env.NO_COLOR !== undefined || env.CI !== undefined
  return plain ? plainView((line) => stdout.write(`${line}\n`)) : liveView(stdout)
}

async function demonstrate(options: Options): Promise<number> {
  const began = performance.now()
  const observer = observerFor(options)
  const { folder, synthesized } = await freshTemplate()
  observer.note(
    synthesized
      ? `synthesized in ${seconds(began).toFixed(1)} s`
      : 'the template is synthesized already, of these very sources',
  )
  const stage = await open(options, folder)
  const interrupted = untilInterrupted()
  try {
    observer.note(`local AWS at ${stage.url}, Sluice deployed into it`)
    return await Promise.race([
      play(stage, options, observer, began),
      // Whoever interrupts a scenario has seen enough; with --serve it is how it ends.
      interrupted.then(() => 130),
    ])
  } catch (error) {
    process.stderr.write(
      stage.log
        .slice(-20)
        .map((line) => `${line}\n`)
        .join(''),
    )
    throw error
  } finally {
    await stage.close()
  }
}

async function open({ port, seed }: Options, folder: string): Promise<Stage> {
  try {
    return await openStage({ folder, port, seed })
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('port ')) {
      throw new UsageError(error.message)
    }
    throw error
  }
}

async function play(
  stage: Stage,
  options: Options,
  observer: Observer,
  began: number,
): Promise<number> {
  const scenario: Scenario = SCENARIOS[options.scenario]
  const routers = options.router ? [options.router] : scenario.routers
  const run = await runScenario(stage, scenario, { routers, stay: options.serve, observer })
  const { ended, environments, traffic } = run
  observer.summary(ended, seconds(began))
  const report = reportOf(ended)
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (options.serve) {
    const results = ended.map(({ result }) => result)
    // With --json, stdout holds the document and nothing else.
    const out = options.json ? process.stderr : process.stdout
    out.write(servingText(stage, environments, results))
    await untilInterrupted()
  }
  await Promise.all(traffic.map((each) => each.stop()))
  return report.ok ? 0 : 1
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(helpText)
  else process.exitCode = await demonstrate(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
