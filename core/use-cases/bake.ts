import type { WorkflowTask } from '../model/position.ts'
import { pendingSignals } from '../model/rollout.ts'
import type { Ports } from '../ports.ts'
import { held } from './hold.ts'

/**
 * Makes a bake (or a hold) interruptible: puts its token on the record, then looks whether a signal came first.
 * In this order no wake-up is lost: a signal is recorded before the token is looked up.
 */
export async function bake(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  task: WorkflowTask & { readonly token: string; readonly waitingFor: 'bake' | 'approval' },
): Promise<void> {
  const { canary, attempt, looks } = task.input
  let late = false
  const rollout = await ports.store.amendRollout(canary, attempt, (seen) => {
    const record = held(seen, task)
    // Given up by the workflow, and a look was taken since: its token would displace the one that waits.
    late = looks !== undefined && record.looks !== looks
    if (late) return record
    const waiting = { token: task.token, since: ports.clock.now(), for: task.waitingFor }
    return { ...record, waiting }
  })
  const [first] = late ? [] : pendingSignals(rollout)
  if (first) await ports.workflows.answer(task.token, { signal: first.kind })
}
