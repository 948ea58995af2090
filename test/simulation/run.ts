import type { Caller } from './callers.ts'
import { callers } from './callers.ts'
import { BEGINNING, installClock } from './clock.ts'
import { createDeeds } from './deeds.ts'
import { createInvariants } from './invariants.ts'
import { createJournal, type Violation } from './journal.ts'
import { createRecords } from './records.ts'
import type { Scenario } from './scenario.ts'
import { seedChance } from './seeded-chance.ts'
import { createStage, type Stage } from './stage.ts'
import { noteWorkflow } from './workflow-coverage.ts'

export interface Simulated {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly trace: readonly string[]
  readonly reached: readonly string[]
  readonly rollouts: number
}

/** So long nothing has to happen any more before a simulation is over, milliseconds. */
const QUIET = 120_000
/** With AWS back and everybody gone home, every rollout ends within this, milliseconds. */
const PATIENCE = 8 * 3_600_000

/** Runs a scenario. The same one gives the same trace, to the byte. */
export async function simulate(scenario: Scenario, template: string): Promise<Simulated> {
  const restoreChance = seedChance(scenario.seed)
  const clock = installClock()
  const journal = createJournal()
  try {
    const stage = await createStage(scenario, template, journal)
    const records = createRecords()
    const { running, schedule, deployed } = createDeeds(stage, records, journal)
    const invariants = createInvariants(
      {
        records,
        weights: stage.weights,
        router: scenario.router,
        illSince: illness(stage),
        running: () => running().map(({ name }) => name),
        executions: () =>
          [...stage.aws.stepfunctions.state.executions.values()].map(({ name }) => name),
        deployed,
      },
      journal,
    )
    stage.aws.dynamodb.subscribe(stage.streamArn, (record) => {
      records.follow(record, {
        state(before, after) {
          journal.note(
            `  state: attempt ${after.attempt}, active ${after.activeRollout ?? '-'}, execution ${after.execution ? 'yes' : 'no'}, live ${after.live}, triggered ${after.triggered}`,
          )
          invariants.listener.state(before, after)
        },
        rollout(before, after) {
          const { rollout, status, step, achieved, hold, reason } = after
          journal.note(
            `  ${rollout}: ${status}, step ${step}, ${achieved} %, held by ${hold.execution}: ${reason}`,
          )
          invariants.listener.rollout(before, after)
        },
      })
    })
    stage.onWeights((by, operation) => {
      const { blue, green } = stage.weights()
      journal.note(`  ${operation} by ${by ?? 'a person'}: blue ${blue} : green ${green}`)
      const caller: Caller | undefined = callers.getStore()
      invariants.written(caller)
    })
    stage.aws.iam.onDecision(({ principal, action, resource, by }) => {
      if (by.length > 0) return
      const who = principal.kind === 'session' ? principal.session.name : principal.kind
      journal.violated('no call outside the permissions', `${who}: ${action} on ${resource}`)
    })
    await defined(stage, clock, () => records.state !== undefined)
    const beginning = Date.now()
    journal.note(`seed ${scenario.seed} ${JSON.stringify(scenario.definition)}`)
    stage.network.begin()
    stage.functions.begin()
    schedule(scenario.happenings)

    const lastDeed = beginning + 1_000 * Math.max(...scenario.happenings.map(lastSecond))
    let quietSince: number | undefined
    for (;;) {
      await clock.settle()
      invariants.settled()
      const now = Date.now()
      const disturbedUntil = Math.max(lastDeed, stage.network.quietAt())
      const quiet =
        now > disturbedUntil &&
        running().length === 0 &&
        records.state?.activeRollout === undefined &&
        [...records.rollouts.values()].every(({ outcome }) => outcome !== undefined)
      quietSince = quiet ? (quietSince ?? now) : undefined
      if (quietSince !== undefined && now - quietSince > QUIET) break
      if (now > disturbedUntil + PATIENCE) break
      if (!clock.next()) break
    }
    invariants.ended()
    noteWorkflow(stage.aws.stepfunctions.state.executions.values(), journal)
    journal.note(`over after ${Math.round((Date.now() - BEGINNING) / 1000)} s`)
    await stage.aws.close()
    await clock.settle()
    return {
      seed: scenario.seed,
      violations: journal.violations,
      trace: journal.lines,
      reached: [...journal.reachedPoints].sort(),
      rollouts: records.rollouts.size,
    }
  } finally {
    clock.uninstall()
    restoreChance()
  }
}

type Clock = ReturnType<typeof installClock>

async function defined(stage: Stage, clock: Clock, isDefined: () => boolean): Promise<void> {
  await stage.define({})
  for (;;) {
    await clock.settle()
    if (isDefined()) return
    if (!clock.next()) throw new Error('the canary never got its state')
  }
}

function lastSecond(happening: Scenario['happenings'][number]): number {
  const lasts = 'seconds' in happening ? happening.seconds : 0
  return happening.at + lasts + 2
}

/** Since when the targets of a slot are ill, as the deeds made them. */
function illness({ healthOf, ...stage }: Stage) {
  void healthOf
  const { surroundings, aws } = stage
  const since: Partial<Record<'blue' | 'green', number>> = {}
  const isIll = (slot: 'blue' | 'green') => {
    const targets = [
      ...(aws.elbv2.state.targetGroups.get(surroundings.targetGroups[slot])?.targets.values() ??
        []),
    ]
    return targets.length > 0 && targets.every(({ health }) => health.state === 'unhealthy')
  }
  return (slot: 'blue' | 'green'): number | undefined => {
    if (!isIll(slot)) delete since[slot]
    else since[slot] ??= Date.now()
    return since[slot]
  }
}
