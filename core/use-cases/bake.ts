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
  const { canary, attempt } = task.input
  const rollout = await ports.store.amendRollout(canary, attempt, (seen) => ({
    ...held(seen, task),
    waiting: { token: task.token, since: ports.clock.now(), for: task.waitingFor },
  }))
  const [first] = pendingSignals(rollout)
  if (first) await ports.workflows.answer(task.token, { signal: first.kind })
}
