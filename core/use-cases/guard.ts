import { RecoveryExhaustedError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { Ports, WorkflowInput } from '../ports.ts'

/** An execution that did not end by itself in `Promoted`. */
export interface EndedExecution {
  /** The execution's name: the rollout's id, or `<id>-guard-<n>`. */
  readonly execution: string
  readonly status: 'ABORTED' | 'TIMED_OUT' | 'FAILED'
  readonly input: WorkflowInput
  readonly cause?: string
}

export interface GuardResult {
  readonly kind: 'recovering' | 'ignored'
  readonly rollout: string
  readonly reason: string
}

/** Each recovery retries for hours; after so many of them a person has to look. */
const MOST_RECOVERIES = 10

/**
 * Sees to an execution that left its rollout open: starts another one of the same workflow, which begins at
 * `Fail Back` (ADR 0006). A failed-back rollout's own execution ends FAILED as well and is none of that.
 * @throws {RecoveryExhaustedError} which reaches the queue of unhandled events.
 */
export async function guard(
  ports: Pick<Ports, 'store' | 'workflows'>,
  ended: EndedExecution,
): Promise<GuardResult> {
  const { canary, attempt, rollout, candidate, revision } = ended.input
  const [record, state] = await Promise.all([
    ports.store.readRollout(canary, attempt),
    ports.store.readState(canary),
  ])
  const open = record !== undefined && record.outcome === undefined
  if (!open && state?.activeRollout !== rollout) {
    return {
      kind: 'ignored',
      rollout,
      reason: `${rollout} is settled (${record?.outcome ?? 'no record'})`,
    }
  }
  const number = recoveryOf(rollout, ended.execution)
  if (record && number < recoveryOf(rollout, record.hold.execution)) {
    const reason = `${rollout} is held by ${record.hold.execution}, not by ${ended.execution}`
    return { kind: 'ignored', rollout, reason }
  }
  const recovery = number + 1
  const why = `execution ${ended.execution} was ${describe(ended)}`
  if (recovery > MOST_RECOVERIES) {
    throw new RecoveryExhaustedError(
      `${rollout}: ${why}, the ${MOST_RECOVERIES}th recovery; restore the routing by hand and look why`,
    )
  }
  const name = `${rollout}-guard-${recovery}`
  const input = { canary, rollout, attempt, candidate, revision, recover: why }
  await ports.workflows.start(name, input)
  return { kind: 'recovering', rollout, reason: `${why}; ${name} fails back` }
}

/** 0 for the rollout's own execution, n for its nth recovery. A recovery may end before it took the hold. */
function recoveryOf(rollout: string, execution: string): number {
  const prefix = `${rollout}-guard-`
  return execution.startsWith(prefix) ? Number(execution.slice(prefix.length)) : 0
}

function describe({ status, cause }: EndedExecution): string {
  const how = { ABORTED: 'stopped from outside', TIMED_OUT: 'timed out', FAILED: 'broken' }[status]
  return brief(cause ? `${how} (${cause})` : how)
}
