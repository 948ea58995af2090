import { TransientError } from '../errors.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { pausedBy, type Rollout, withEntry, without } from '../model/rollout.ts'
import { quantize } from '../model/routing.ts'
import type { Ports, Reaching } from '../ports.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseAnotherRevision,
  refuseIfInterrupted,
  stepOf,
  WRITE_LEASE_MS,
} from './hold.ts'

/**
 * Moves the candidate to its step's weight: a last look at its tasks, then the intent on the record, then the router.
 * Setting the same weight again is harmless, so a retry of any part is too.
 */
export async function shift(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'routerOf'>,
  task: WorkflowTask,
): Promise<Position> {
  const { canary, attempt, step } = task.input
  const rollout = await readHeld(ports, task)
  const { weight } = stepOf(rollout.definition, step)
  const shifted: Position = {
    ...task.input,
    weight,
    reason: `shifted ${rollout.candidate} to ${weight} %, to be verified`,
    decision: 'verify',
  }
  // Done, and the answer was lost. Whoever comes later still finds another step, and must not go back to this one.
  if (rollout.step > step || (rollout.step === step && !isUnderWay(rollout))) return shifted
  const lacking = await lackingTasks(ports, rollout)

  const now = ports.clock.now()
  const writingUntil = now + WRITE_LEASE_MS
  let late = false
  const intended = await ports.store.amendRollout(
    canary,
    attempt,
    (seen) => {
      const record = heldPrepared(seen, task)
      refuseIfInterrupted(record)
      late = false
      // The answer to this very write was lost.
      if (record.step === step && record.hold.writingUntil === writingUntil) return record
      refuseOvertaken(rollout, record)
      // Paused or shrunk since it was decided, and no write of this step can have been made: it does not happen.
      late = record.step !== step && (pausedBy(record) !== undefined || lacking !== undefined)
      if (late) return record
      return withEntry(
        {
          ...without(record, 'change', 'deadline', 'waiting'),
          status: 'shifting',
          step,
          weight,
          hold: { execution: task.execution, writingUntil },
          reason: `shifting ${record.candidate} to ${weight} %`,
        },
        {
          at: now,
          what: 'shifting',
          why: `to ${weight} %, step ${step} of ${record.definition.plan.length}`,
          who: task.execution,
          weight,
        },
      )
    },
    rollout,
  )
  if (late) return stayed(task, intended, lacking ?? 'paused')
  const router = ports.reachOf(rollout.definition).routerOf(rollout.definition)
  const change = await router.set(quantize(weight, intended.candidate, router.maxWeight))

  await ports.store.amendRollout(
    canary,
    attempt,
    (seen) => {
      const record = heldPrepared(seen, task)
      if (record.change?.id === change.id) return record
      refuseOvertaken(intended, record)
      // An invocation before this one may still be writing: its lease is not this one's to lift.
      const hold = stillWriting(rollout, ports.clock.now())
        ? rollout.hold
        : { execution: task.execution }
      return { ...record, hold, change: { ...change, at: ports.clock.now() } }
    },
    intended,
  )
  return shifted
}

/** Whether the weight of the record's step is recorded and nobody has told yet that the router took it. */
function isUnderWay({ status, change }: Rollout): boolean {
  return status === 'shifting' && change === undefined
}

/**
 * An invocation that the workflow gave up may go on beside the one that it called instead. Whoever writes the intent
 * first goes on; for the other one the record is no longer what it has read.
 * @throws {TransientError} which, where the workflow still listens, calls it once more.
 */
function refuseOvertaken(read: Rollout, record: Rollout): void {
  const same =
    record.step === read.step &&
    record.status === read.status &&
    record.change?.id === read.change?.id &&
    record.hold.writingUntil === read.hold.writingUntil
  if (!same) throw new TransientError(`${record.rollout} is shifted by another invocation`)
}

/** Back to the bake of the step before, where the gates are asked again. */
function stayed(task: WorkflowTask, { step, achieved, candidate }: Rollout, why: string): Position {
  const reason = `${why}: ${candidate} stays at ${achieved} %`
  return { ...task.input, step, weight: achieved, reason, decision: 'verify', seconds: 1 }
}

function stillWriting({ hold }: Rollout, now: number): boolean {
  return hold.writingUntil !== undefined && hold.writingUntil > now
}

/**
 * A last look, for the gate's may be minutes old where this is a retry: by as many tasks as the gate found needed.
 * @returns what lacks.
 * @throws {CandidateError} where the candidate does not run the rollout's revision any more.
 */
async function lackingTasks(
  ports: Reaching<'services'>,
  rollout: PreparedRollout,
): Promise<string | undefined> {
  const { definition, candidate, tasksNeeded } = rollout
  const { services } = ports.reachOf(definition)
  const service = await services.describe(definition.slots[candidate])
  refuseAnotherRevision(rollout, service)
  const { runningCount } = service.primary
  if (tasksNeeded === undefined || runningCount >= tasksNeeded) return undefined
  return `only ${runningCount} of the ${tasksNeeded} tasks that the next share needs run`
}
