import { CandidateError, NotYetError } from '../errors.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { type Rollout, withEntry, without } from '../model/rollout.ts'
import { quantize } from '../model/routing.ts'
import type { Ports, Reaching } from '../ports.ts'
import { capacityFor, mendOf } from './capacity.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseIfInterrupted,
  stepOf,
} from './hold.ts'

/** Longer than the function may run (30 s): after that, no write of it can still be under way. */
export const WRITE_LEASE_MS = 35_000

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
  await ensureCapacity(ports, task, rollout, weight)

  const held = await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = heldPrepared(seen, task)
    refuseIfInterrupted(record)
    const now = ports.clock.now()
    return withEntry(
      {
        ...without(record, 'change', 'deadline', 'waiting'),
        status: 'shifting',
        step,
        weight,
        hold: { execution: task.execution, writingUntil: now + WRITE_LEASE_MS },
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
  const router = ports.reachOf(rollout.definition).routerOf(rollout.definition)
  const change = await router.set(quantize(weight, held.candidate, router.maxWeight))

  await ports.store.amendRollout(canary, attempt, (seen) => ({
    ...heldPrepared(seen, task),
    // An invocation before this one may still be writing: its lease is not this one's to lift.
    hold: stillWriting(rollout, ports.clock.now()) ? rollout.hold : { execution: task.execution },
    change: { ...change, at: ports.clock.now() },
  }))
  return {
    ...task.input,
    weight,
    reason: `shifted ${held.candidate} to ${weight} %, to be verified`,
    decision: 'verify',
  }
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
