import { type Environment, type RouterName, SLOTS } from './environment/environment.ts'
import { emptyService } from './environment/release.ts'
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
    const environment = await raiseEnvironment(stage, router, scenario, observer)
    environments.push(environment)
    const own = await startTraffic(stage.dataPlane, environment, {
      duration: stay ? DAY : TEN_MINUTES,
      rate: scenario.rate,
    })
    traffic.push(own)
    for (const act of scenario.acts) {
      number += 1
      const { title } = act
      observer.begins({ number, of: routers.length * scenario.acts.length, environment, title })
      const result = await runRollout({ stage, environment, traffic: own, observer }, act)
      const one = { result, expected: act.expected, problems: problemsOf(result, act.expected) }
      ended.push(one)
      observer.ends(one)
    }
    if (router !== routers.at(-1)) await makeRoom(stage, environment, own, stay)
  }
  return { ended, environments, traffic }
}

/** For the next router's: a machine is smaller than AWS. What stays serves from its live slot. */
async function makeRoom(stage: Stage, environment: Environment, traffic: Traffic, stay: boolean) {
  const state = await stage.records.state(environment.canary)
  for (const slot of SLOTS) {
    if (stay && slot === state?.Live) continue
    await emptyService(stage.clients, environment, slot)
  }
  if (!stay) await traffic.stop()
}
