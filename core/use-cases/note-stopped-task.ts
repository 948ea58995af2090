import { speaksAgainstVersion } from '../analysis/checks/ecs.ts'
import { revisionName, type ServiceRef, serviceKey } from '../model/slot.ts'
import type { Ports } from '../ports.ts'
import { recordSignal } from './record-signal.ts'
import type { SignalResult } from './signal.ts'

/** A task of a service that ECS says is STOPPED. */
export interface StoppedTask extends ServiceRef {
  readonly revision: string
  readonly deployment: string
  readonly task: string
  readonly stopCode?: string
  readonly reason?: string
}

/** Wakes the bake when a task of the candidate's revision died by its own fault, so that it is assessed at once. */
export async function noteStoppedTask(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  stopped: StoppedTask,
): Promise<
  | (SignalResult & { readonly canary: string })
  | { readonly kind: 'ignored'; readonly reason: string }
> {
  const { stopCode, task, revision } = stopped
  if (!speaksAgainstVersion(stopCode)) {
    return {
      kind: 'ignored',
      reason: `stop code ${stopCode ?? 'none'} does not speak against a version`,
    }
  }
  const [state] = await ports.store.findByCandidate(stopped)
  if (!state) {
    return { kind: 'ignored', reason: `${serviceKey(stopped)} is no canary's candidate` }
  }
  if (state.activeRollout === undefined || state.revision !== revision) {
    return { kind: 'ignored', reason: `no active rollout of ${revisionName(revision)}` }
  }
  const why = `${stopCode}${stopped.reason ? `: ${stopped.reason}` : ''}`
  const result = await recordSignal(ports, state, {
    id: `task-stopped:${task}`,
    kind: 'task-stopped',
    at: ports.clock.now(),
    who: task,
    why,
  })
  const { canary, activeRollout: rollout } = state
  if (result.kind === 'refused') return { kind: 'ignored', reason: result.reason }
  return { kind: result.kind, canary, rollout, reason: why }
}
