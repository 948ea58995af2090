import { HoldLostError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { newRollout, type Rollout, withEntry, without } from '../model/rollout.ts'
import type { Ports, WorkflowInput } from '../ports.ts'

/**
 * The reason and the hold go on the record before anything is touched. A rollout that failed before it had a record
 * gets one here; one whose record was forgotten is nobody's to end again.
 * @returns undefined where there is no record and the rollout is not active.
 */
export async function takeHold(
  ports: Pick<Ports, 'clock' | 'store'>,
  task: WorkflowTask<WorkflowInput | Position>,
): Promise<Rollout | undefined> {
  const { canary, attempt, rollout: id } = task.input
  const take = (open: (now: number) => Rollout) =>
    ports.store.amendRollout(canary, attempt, (seen) => {
      const now = ports.clock.now()
      return taken(seen ?? open(now), task, now)
    })
  try {
    return await take(() => {
      throw new HoldLostError(`rollout ${id} has no record`)
    })
  } catch (error) {
    if (!(error instanceof HoldLostError)) throw error
  }
  const state = await ports.store.readState(canary)
  if (state?.activeRollout !== id) return undefined
  return take((now) => newRollout(claimIn(task.input), now, state.cause))
}

function claimIn({ canary, rollout, attempt, candidate, revision }: WorkflowInput): WorkflowInput {
  return { canary, rollout, attempt, candidate, revision }
}

function taken(
  record: Rollout,
  task: WorkflowTask<WorkflowInput | Position>,
  now: number,
): Rollout {
  if (record.outcome !== undefined) return record
  const mine = record.hold.execution === task.execution
  if (!mine && task.input.recover === undefined) return record
  if (mine && record.status === 'failing-back') return record
  const reason = record.status === 'failing-back' ? record.reason : reasonOf(task)
  return withEntry(
    {
      ...without(record, 'waiting', 'deadline'),
      status: 'failing-back',
      // `writingUntil` stays: a write of the execution before may still be under way.
      hold: { ...record.hold, execution: task.execution },
      reason: brief(reason),
    },
    { at: now, what: 'failing back', why: reasonOf(task), who: task.execution },
  )
}

/** The error that a Catch handed over, the decision of `Assess`, or why the guard started this. */
function reasonOf(task: WorkflowTask<WorkflowInput | Position>): string {
  const { input } = task
  if (input.error) return causeOf(input.error)
  if (input.recover !== undefined) return input.recover
  return 'reason' in input ? input.reason : 'no reason was given'
}

function causeOf(error: { readonly Error: string; readonly Cause: string }): string {
  try {
    const cause: unknown = JSON.parse(error.Cause)
    if (typeof cause === 'object' && cause !== null && 'errorMessage' in cause) {
      return `${error.Error}: ${cause.errorMessage}`
    }
  } catch {
    // A Cause is JSON only where a function threw; Step Functions' own causes are sentences.
  }
  return error.Cause ? `${error.Error}: ${error.Cause}` : error.Error
}
