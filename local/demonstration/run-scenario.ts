import type { Environment, RouterName } from './environment/environment.ts'
import { emptyService } from './environment/services.ts'
import { raiseEnvironment } from './raise-environment.ts'
import { problemsOf } from './rollout/result.ts'
import { runRollout } from './rollout/run-rollout.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { Stage } from './stage.ts'
import { startTraffic, type Traffic } from './traffic.ts'
import type { Ended, Observer } from './view/observer.ts'

const DAY = 86_400_000
const TEN_MINUTES = 600_000

export interface ScenarioRun {
  readonly ended: readonly Ended[]
  /** What stands at the end, its traffic going on if it was asked to. */
  readonly environments: readonly Environment[]
  readonly traffic: readonly Traffic[]
}

/** Plays a scenario's acts, one after the other, on each router. */
export async function runScenario(
  stage: Stage,
  scenario: Scenario,
  options: {
    readonly routers: readonly RouterName[]
    /** Leave everything up at the end. */
    readonly stay: boolean
    readonly observer: Observer
  },
): Promise<ScenarioRun> {
  const { routers, stay, observer } = options
  const ended: Ended[] = []
  const environments: Environment[] = []
  const traffic: Traffic[] = []
  let number = 0
  for (const router of routers) {
    const environment = await raiseEnvironment(stage, router)
    environments.push(environment)
    const own = await startTraffic(stage.dataPlane, environment, stay ? DAY : TEN_MINUTES)
    traffic.push(own)
    for (const act of scenario.acts) {
      number += 1
      const { title } = act
      observer.begins({ number, of: routers.length * scenario.acts.length, router, title })
      const result = await runRollout({ stage, environment, traffic: own, observer }, act)
      const one = { result, expected: act.expected, problems: problemsOf(result, act.expected) }
      ended.push(one)
      observer.ends(one)
    }
    if (!stay) await leave(stage, environment, own)
  }
  return { ended, environments, traffic }
}

/** Room for the next one: a machine is smaller than AWS. */
async function leave(stage: Stage, environment: Environment, traffic: Traffic) {
  await traffic.stop()
  await emptyService(stage.clients, environment, 'blue')
  await emptyService(stage.clients, environment, 'green')
}
