import { CandidateError, NotYetError, TransientError } from '../errors.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { pausedBy, type Rollout, withEntry, without } from '../model/rollout.ts'
import { quantize } from '../model/routing.ts'
import type { Ports, Reaching } from '../ports.ts'
import { capacityFor, mendOf } from './capacity.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseIfInterrupted,
  stepOf,
  WRITE_LEASE_MS,
} from './hold.ts'

/**
 * Moves the candidate to its step's weight: capacity first, then the intent on the record, then the router.
 * Setting the same weight again is harmless, so a retry of any part is too.
 */
export async function shift(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling' | 'routerOf'>,
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
  await ensureCapacity(ports, task, rollout, weight)

  const now = ports.clock.now()
  const writingUntil = now + WRITE_LEASE_MS
  let late = false
  const intended = await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = heldPrepared(seen, task)
    refuseIfInterrupted(record)
    late = false
    // The answer to this very write was lost.
    if (record.step === step && record.hold.writingUntil === writingUntil) return record
    refuseOvertaken(rollout, record)
    // Paused since it was decided, and no write of this step can have been made: it does not happen.
    late = record.step !== step && pausedBy(record) !== undefined
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
  })
  if (late) return stayed(task, intended)
  const router = ports.reachOf(rollout.definition).routerOf(rollout.definition)
  const change = await router.set(quantize(weight, intended.candidate, router.maxWeight))

  await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = heldPrepared(seen, task)
    if (record.change?.id === change.id) return record
    refuseOvertaken(intended, record)
    // An invocation before this one may still be writing: its lease is not this one's to lift.
    const hold = stillWriting(rollout, ports.clock.now())
      ? rollout.hold
      : { execution: task.execution }
    return { ...record, hold, change: { ...change, at: ports.clock.now() } }
  })
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

/** Back to the bake of the step before, where the pause is seen. */
function stayed(task: WorkflowTask, { step, achieved, candidate }: Rollout): Position {
  const reason = `paused: ${candidate} stays at ${achieved} %`
  return { ...task.input, step, weight: achieved, reason, decision: 'verify', seconds: 1 }
}

function stillWriting({ hold }: Rollout, now: number): boolean {
  return hold.writingUntil !== undefined && hold.writingUntil > now
}

/** Enough tasks for the next share, or a reason to wait for them. */
async function ensureCapacity(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  weight: number,
): Promise<void> {
  const capacity = await capacityFor(ports, task, rollout, weight)
  if (capacity.kind === 'enough') return
  const { deadline: patience } = rollout.definition.capacity
  const { reason } = capacity
  const now = ports.clock.now()
  if (rollout.deadline !== undefined && now >= rollout.deadline) {
    throw new CandidateError(`${reason}, for ${patience} s; ${mendOf(rollout)}`)
  }
  if (rollout.deadline === undefined) {
    await ports.store.amendRollout(task.input.canary, task.input.attempt, (seen) => {
      const record = heldPrepared(seen, task)
      refuseIfInterrupted(record)
      return { ...record, deadline: now + patience * 1000, reason }
    })
  }
  throw new NotYetError(reason)
}
