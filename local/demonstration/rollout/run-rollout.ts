import { setTimeout as pause } from 'node:timers/promises'
import { type Environment, otherSlot, type SlotName } from '../environment/environment.ts'
import { deployRelease } from '../environment/release.ts'
import type { Stage } from '../stage.ts'
import type { Traffic } from '../traffic.ts'
import type { Observer } from '../view/observer.ts'
import type { Act, Disturbance } from './act.ts'
import type { RolloutRecord, StateRecord, TimelineEntry } from './records.ts'
import { failuresOf, type RolloutResult, requestsOf } from './result.ts'
import { bakesMs, failBackMs, shifts, wasHeld } from './timeline.ts'
import { witnessTasks } from './witness.ts'

/** How often table and execution are looked at, in milliseconds. */
const LOOK = 150
/** A rollout of the demonstration takes seconds: past this something is broken. Milliseconds. */
const PATIENCE = 120_000

/** Starts a rollout as the act says, watches it to its end, and measures it. */
export async function runRollout(
  given: {
    readonly stage: Stage
    readonly environment: Environment
    readonly traffic: Traffic
    readonly observer: Observer
  },
  act: Act,
): Promise<RolloutResult> {
  const { stage, environment, traffic } = given
  const { canary } = environment
  const before = await stage.records.state(canary)
  if (!before) throw new Error(`${canary} has no state in the table`)
  const candidate = otherSlot(before.Live)
  const baseline = await environment.readWeights()
  const witness = witnessTasks(stage.aws.eventbridge, environment.services[candidate])
  traffic.restart()

  if (act.before) {
    await act.before.happen({ stage, environment })
    given.observer.happened(byScenario(act.before.what))
  }
  const startedAt = Date.now()
  const revision = await start(given, act, before, candidate)
  const ended = await watch({ ...given, candidate, revision, attempt: before.Attempt + 1 }, act)
  witness.stop()

  const { rollout, disturbedAt } = ended
  const count = traffic.count()
  const base =
    (act.start.by === 'deployment' ? witness.firstRunning(revision) : undefined) ?? startedAt
  const executionAt = await stage.executions.startedAt(rollout.Rollout)
  const harm = [count.firstBadAt, witness.firstDeath(), disturbedAt].filter(
    (at) => at !== undefined,
  )
  return {
    canary,
    rollout: rollout.Rollout,
    router: environment.router,
    outcome: rollout.Outcome ?? 'failed-back',
    reason: rollout.Reason,
    held: wasHeld(rollout),
    weights: shifts(rollout).map(({ weight }) => weight ?? 0),
    bakesMs: bakesMs(rollout),
    baseline,
    final: await environment.readWeights(),
    triggerMs: (executionAt ?? startedAt) - base,
    firstShiftMs: since(base, shifts(rollout)[0]?.at),
    failBackMs: failBackMs(rollout, harm),
    requests: requestsOf(count),
    failures: failuresOf(count, startedAt),
  }
}

async function start(
  { stage, environment }: { stage: Stage; environment: Environment },
  { start: how }: Act,
  before: StateRecord,
  slot: SlotName,
): Promise<string> {
  if (how.by === 'deployment') {
    return deployRelease(stage.clients, environment, { slot, release: how.release })
  }
  await stage.records.resetTriggered(environment.canary)
  return before.Revision ?? ''
}

async function watch(
  given: {
    readonly stage: Stage
    readonly environment: Environment
    readonly traffic: Traffic
    readonly observer: Observer
    readonly candidate: SlotName
    readonly revision: string
    readonly attempt: number
  },
  { disturbance }: Act,
): Promise<{ rollout: RolloutRecord; disturbedAt: number | undefined }> {
  const { stage, environment, traffic, observer, candidate, attempt } = given
  const { canary } = environment
  const began = Date.now()
  let told = 0
  let disturbedAt: number | undefined
  for (;;) {
    const [state, rollout] = await Promise.all([
      stage.records.state(canary),
      stage.records.rollout(canary, attempt),
    ])
    // What was seen first, then what was decided on it.
    observer.progress({
      router: environment.router,
      canary,
      candidate,
      elapsed: Date.now() - began,
      rollout,
      state: rollout && (await stage.executions.currentState(rollout.Hold.execution)),
      count: traffic.count(),
    })
    for (const entry of rollout?.Timeline.slice(told) ?? []) observer.happened(entry)
    told = rollout?.Timeline.length ?? 0
    if (rollout?.Outcome && state?.ActiveRollout === undefined) {
      if (!(await stage.executions.isRunning(rollout.Hold.execution))) {
        return { rollout, disturbedAt }
      }
    }
    if (disturbance && disturbedAt === undefined && rollout && isDue(disturbance, rollout)) {
      disturbedAt = Date.now()
      observer.happened(byScenario(disturbance.what))
      await disturbance.happen({
        stage,
        environment,
        execution: rollout.Hold.execution,
        revision: given.revision.slice(given.revision.lastIndexOf('/') + 1),
      })
    }
    if (Date.now() - began > PATIENCE) {
      throw new Error(
        `${canary}: no outcome after ${PATIENCE / 1_000} s; ${rollout?.Reason ?? 'no rollout was started'}`,
      )
    }
    await pause(LOOK)
  }
}

const since = (from: number, to: number | undefined) => (to === undefined ? null : to - from)

const byScenario = (what: string): TimelineEntry => ({
  at: Date.now(),
  what,
  why: '',
  who: 'scenario',
})

const isDue = ({ atWeight }: Disturbance, { Status, Achieved }: RolloutRecord): boolean =>
  Status === 'baking' && Achieved >= atWeight
