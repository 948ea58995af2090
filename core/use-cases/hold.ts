import { CandidateError, HoldLostError, InterruptedError } from '../errors.ts'
import type { Definition } from '../model/definition.ts'
import type { Step } from '../model/plan.ts'
import type { WorkflowTask } from '../model/position.ts'
import { type Rollout, wishToStop } from '../model/rollout.ts'
import { revisionName, serviceKey } from '../model/slot.ts'
import type { Ports, ServiceView, WorkflowInput } from '../ports.ts'

/** A rollout whose definition was parsed and whose baseline was recorded: what `Prepare` leaves behind. */
export type PreparedRollout = Rollout & Required<Pick<Rollout, 'definition' | 'baseline'>>

/** Longer than the function may run (30 s): after that, no write of it can still be under way. */
export const WRITE_LEASE_MS = 35_000

/**
 * The record, if this execution may still act on it. One writer: whoever else asks is stale and must stop
 * without touching traffic.
 * @throws {HoldLostError} where another execution holds the rollout or it has ended.
 */
export function held(rollout: Rollout | undefined, task: WorkflowTask<WorkflowInput>): Rollout {
  const { rollout: id } = task.input
  if (!rollout) throw new HoldLostError(`rollout ${id} has no record`)
  if (rollout.outcome !== undefined) {
    throw new HoldLostError(`rollout ${id} has ended ${rollout.outcome}; ${task.execution} stops`)
  }
  if (rollout.hold.execution !== task.execution) {
    throw new HoldLostError(
      `rollout ${id} is held by ${rollout.hold.execution}; ${task.execution} stops`,
    )
  }
  return rollout
}

/**
 * As `held`, for what writes after `Prepare`. A fail back that is decided stays decided: what this invocation found
 * out is late, as that of one which the workflow has given up already.
 * @throws {InterruptedError}
 */
export function heldPrepared(
  rollout: Rollout | undefined,
  task: WorkflowTask<WorkflowInput>,
): PreparedRollout {
  const record = prepared(held(rollout, task), task)
  if (record.status === 'failing-back') throw new InterruptedError(record.reason)
  return record
}

/** Reads the record for an execution that needs it prepared and held. */
export async function readHeld(
  ports: Pick<Ports, 'store'>,
  task: WorkflowTask<WorkflowInput>,
): Promise<PreparedRollout> {
  const { canary, attempt } = task.input
  return prepared(held(await ports.store.readRollout(canary, attempt), task), task)
}

function prepared(rollout: Rollout, task: WorkflowTask<WorkflowInput>): PreparedRollout {
  if (isPrepared(rollout)) return rollout
  throw new HoldLostError(`rollout ${task.input.rollout} was not prepared`)
}

export function isPrepared(rollout: Rollout): rollout is PreparedRollout {
  return rollout.definition !== undefined && rollout.baseline !== undefined
}

/** The plan's step by its number from 1. */
export function stepOf(definition: Definition, step: number): Step {
  const found = definition.plan[step - 1]
  if (!found) throw new RangeError(`the plan has no step ${step}, only ${definition.plan.length}`)
  return found
}

/**
 * Refuses to go on towards more traffic while somebody asks to stop.
 * @throws {InterruptedError} for an abort, a newer revision, or a fail back that is decided already.
 */
export function refuseIfInterrupted(rollout: Rollout): void {
  const wish = wishToStop(rollout)
  if (wish !== undefined) throw new InterruptedError(wish)
}

/**
 * Refuses to move or promote traffic of a revision that the candidate does not run (any more).
 * @throws {CandidateError}
 */
export function refuseAnotherRevision(
  rollout: PreparedRollout,
  service: ServiceView | undefined,
): asserts service is ServiceView {
  const present = service?.primary.revision
  if (present === rollout.revision) return
  const name = serviceKey(rollout.definition.slots[rollout.candidate])
  throw new CandidateError(
    present === undefined
      ? `ECS has no service ${name} any more`
      : `${name} now runs ${revisionName(present)}, not ${revisionName(rollout.revision)}`,
  )
}
