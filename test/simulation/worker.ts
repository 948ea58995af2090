import { createHash } from 'node:crypto'
import { scenarioOf } from './generate.ts'
import type { Violation } from './journal.ts'
import { simulate } from './run.ts'
import type { Scenario } from './scenario.ts'
import { idsOf, only, shrink } from './shrink.ts'

/** What a worker process is asked: to run a scenario, or what a seed makes of itself. */
export type Task = { readonly seed: number } | { readonly scenario: Scenario }

/** What of a simulation leaves the process that ran it. */
export interface Report {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly reached: readonly string[]
  readonly rollouts: number
  /** Of the trace; the same seed has the same one in every process. */
  readonly digest: string
  /** Of a failure: the ids of happenings and faults without which it does not fail. */
  readonly shrunk?: { readonly ids: readonly string[]; readonly scenario: Scenario }
}

const [template = ''] = process.argv.slice(2)

async function report(task: Task): Promise<Report> {
  const scenario = 'scenario' in task ? task.scenario : scenarioOf(task.seed)
  const { violations, reached, rollouts, trace } = await simulate(scenario, template)
  const digest = createHash('sha256').update(trace.join('\n')).digest('hex')
  const known = { seed: scenario.seed, violations, reached, rollouts, digest }
  if (violations.length === 0) return known
  const rules = violations.map(({ rule }) => rule)
  const smallest = await shrink(scenario, rules, (one) => simulate(one, template))
  return { ...known, shrunk: { ids: idsOf(smallest), scenario: smallest } }
}

// Files that the SDK reads once, and modules that it loads late, are no part of any seed's run.
await simulate(
  only(scenarioOf(1), () => false),
  template,
)
// Nobody reads the stacks of the errors that are thrown on purpose; a replay has them.
Error.stackTraceLimit = 0

process.on('message', (task: Task) => {
  report(task).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      console.error('seed' in task ? `seed ${task.seed}:` : 'scenario:', error)
      process.exit(70)
    },
  )
})
process.send?.('ready')
