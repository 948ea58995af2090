import { setTimeout as pause } from 'node:timers/promises'
import { type Environment, otherSlot, type SlotName } from '../environment/environment.ts'
import { deployRelease } from '../environment/services.ts'
import type { Stage } from '../stage.ts'
import type { Traffic } from '../traffic.ts'
import type { Observer } from '../view/observer.ts'
import type { Act } from './act.ts'
import type { RolloutRecord, StateRecord } from './records.ts'
import { type RolloutResult, requestsOf } from './result.ts'
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
    weights: shifts(rollout).map(({ weight }) => weight ?? 0),
    baseline,
    final: await environment.readWeights(),
    triggerMs: (executionAt ?? startedAt) - base,
    firstShiftMs: since(base, shifts(rollout)[0]?.at),
    failBackMs: failBackMs(rollout, harm),
    requests: requestsOf(count),
  }
}

async function start(
  { stage, environment }: { stage: Stage; environment: Environment },
  { start: how }: Act,
  before: StateRecord,
  slot: SlotName,
): Promise<string> {
  if (how.by === 'deployment') {
    return deployRelease(stage.clients, environment, {
      slot,
      release: how.release,
      seed: stage.seed,
    })
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
    const due = rollout?.Status === 'baking' && rollout.Achieved >= (disturbance?.atWeight ?? 101)
    if (disturbance && due && disturbedAt === undefined) {
      disturbedAt = Date.now()
      observer.happened({ at: disturbedAt, what: disturbance.what, why: '', who: 'scenario' })
      await disturbance.happen({
        stage,
        canary,
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

const shifts = ({ Timeline }: RolloutRecord) =>
  Timeline.filter(({ what, weight }) => what === 'shifted' && weight !== undefined)

const since = (from: number, to: number | undefined) => (to === undefined ? null : to - from)

/** Where nothing bad was seen from outside, Sluice's own decision is where it counts from. */
function failBackMs({ Outcome, Timeline }: RolloutRecord, harm: readonly number[]): number | null {
  if (Outcome !== 'failed-back') return null
  const restored = Timeline.findLast(({ what }) => what === 'failed back')?.at
  const decided = Timeline.find(({ what }) => what === 'failing back')?.at
  const from = harm.length > 0 ? Math.min(...harm) : decided
  return restored === undefined || from === undefined ? null : Math.max(0, restored - from)
}
