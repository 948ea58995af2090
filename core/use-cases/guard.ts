import { RecoveryExhaustedError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { CanaryState } from '../model/canary-state.ts'
import type { Rollout } from '../model/rollout.ts'
import type { Ports, WorkflowInput } from '../ports.ts'
import type { Ending } from '../workflow-ports.ts'

/** An execution that has ended, in whatever way, or that Step Functions does not know any more. */
export interface EndedExecution {
  /** The execution's name: the rollout's id, or `<id>-guard-<n>`. */
  readonly execution: string
  readonly status: Ending | 'GONE'
  readonly input: WorkflowInput
  readonly cause?: string
}

export interface GuardResult {
  readonly kind: 'recovering' | 'ignored'
  readonly rollout: string
  readonly reason: string
}

/** Each recovery retries for hours; after so many of them a person has to look. */
export const MOST_RECOVERIES = 10

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
  const { record, settled } = await readStanding(ports, ended.input)
  if (settled !== undefined) return { kind: 'ignored', rollout, reason: settled }
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
  const name = executionOf(rollout, recovery)
  const input = { canary, rollout, attempt, candidate, revision, recover: why }
  await ports.workflows.start(name, input)
  return { kind: 'recovering', rollout, reason: `${why}; ${name} fails back` }
}

/** What stands of a rollout; `settled` says that nothing of it is left to do, and how it ended. */
export async function readStanding(
  ports: Pick<Ports, 'store'>,
  { canary, attempt, rollout }: WorkflowInput,
): Promise<{
  readonly record: Rollout | undefined
  readonly state: CanaryState | undefined
  readonly settled?: string
}> {
  const [record, state] = await Promise.all([
    ports.store.readRollout(canary, attempt),
    ports.store.readState(canary),
  ])
  const open = record !== undefined && record.outcome === undefined
  if (open || state?.activeRollout === rollout) return { record, state }
  return { record, state, settled: `${rollout} is settled (${record?.outcome ?? 'no record'})` }
}

/** The rollout's own execution, or its nth recovery. */
export function executionOf(rollout: string, recovery: number): string {
  return recovery === 0 ? rollout : `${rollout}-guard-${recovery}`
}

/** 0 for the rollout's own execution, n for its nth recovery. A recovery may end before it took the hold. */
export function recoveryOf(rollout: string, execution: string): number {
  const prefix = `${rollout}-guard-`
  return execution.startsWith(prefix) ? Number(execution.slice(prefix.length)) : 0
}

function describe({ status, cause }: EndedExecution): string {
  const how = {
    ABORTED: 'stopped from outside',
    TIMED_OUT: 'timed out',
    FAILED: 'broken',
    SUCCEEDED: 'over before the rollout was settled',
    GONE: 'not there any more',
  }[status]
  return brief(cause ? `${how} (${cause})` : how)
}
