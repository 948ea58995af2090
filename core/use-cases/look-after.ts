import { isToBeRenewed } from '../model/reminder.ts'
import type { Ports, WorkflowInput } from '../ports.ts'
import {
  type EndedExecution,
  executionOf,
  type GuardResult,
  guard,
  MOST_RECOVERIES,
  readStanding,
  recoveryOf,
} from './guard.ts'

/** That a rollout has to be looked after; the queue hands the same one out again and again. */
export interface Reminder {
  readonly claim: WorkflowInput
  /** How often the queue has handed it out, this time included. */
  readonly receives: number
}

export interface LookedAfter {
  readonly kind: GuardResult['kind'] | 'watching' | 'resumed' | 'settled'
  readonly rollout: string
  readonly reason: string
  /** Whether this reminder has to come again. */
  readonly stays: boolean
}

type LookAfterPorts = Pick<Ports, 'store' | 'workflows' | 'reminders'>

/**
 * Sees to a rollout of which no event might tell: EventBridge may lose the one of an execution that ended (ADR 0035).
 * The reminder stays on its queue until the rollout is settled.
 * @throws {RecoveryExhaustedError} as `guard` does; the reminder then ends in the queue of unhandled events.
 */
export async function lookAfter(ports: LookAfterPorts, reminder: Reminder): Promise<LookedAfter> {
  const looked = await look(ports, reminder.claim)
  if (!looked.stays || !isToBeRenewed(reminder.receives)) return looked
  await ports.reminders.put(reminder.claim)
  return { ...looked, stays: false }
}

async function look(ports: LookAfterPorts, claim: WorkflowInput): Promise<LookedAfter> {
  const { rollout } = claim
  const { record, state, settled } = await readStanding(ports, claim)
  if (settled !== undefined) return { kind: 'settled', rollout, reason: settled, stays: false }
  const stays = (kind: 'watching' | 'resumed', reason: string): LookedAfter => {
    return { kind, rollout, reason: `${rollout}: ${reason}`, stays: true }
  }
  const begun = state?.activeRollout !== rollout || state.execution !== undefined
  if (!begun) {
    const { kind } = await ports.workflows.start(rollout, claim)
    if (kind === 'started') return stays('resumed', 'its claim had no execution')
    // The name and the record are of a rollout from before the canary was made anew: the claim moves on by its stream.
    if (record?.outcome !== undefined) return stays('watching', 'its name is an older rollout’s')
  }
  const holder = recoveryOf(rollout, record?.hold.execution ?? rollout)
  const ended = await lastEnded(ports, claim, holder)
  if (ended === undefined) return stays('watching', 'an execution of it runs')
  if (ended.status === 'GONE' && record === undefined) {
    // Nothing was moved; and to start what does run, and is only not told of yet, is no harm.
    await ports.workflows.start(rollout, claim)
    return stays('resumed', 'its execution was not there')
  }
  // Reads anew: it may have settled the rollout, and ended, since the look above.
  return { ...(await guard(ports, ended)), stays: true }
}

/**
 * The last execution of the rollout, from the one that holds it on: a recovery may end before it took the hold.
 * @returns undefined where it runs.
 */
async function lastEnded(
  { workflows }: Pick<Ports, 'workflows'>,
  input: WorkflowInput,
  holder: number,
): Promise<EndedExecution | undefined> {
  let last: EndedExecution | undefined
  for (let number = holder; number <= MOST_RECOVERIES; number++) {
    const execution = executionOf(input.rollout, number)
    const view = await workflows.describe(execution)
    if (view?.status === 'RUNNING') return undefined
    if (view === undefined) return last ?? { execution, status: 'GONE', input }
    const { status, cause } = view
    last = { execution, status, input, ...(cause === undefined ? {} : { cause }) }
  }
  return last
}
