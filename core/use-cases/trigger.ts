import { TransientError } from '../errors.ts'
import { type CanaryState, candidateOf, claimed, claimOf } from '../model/canary-state.ts'
import { revisionName, type ServiceRef, serviceKey } from '../model/slot.ts'
import type { Ports, Reaching } from '../ports.ts'
import { recordSignal } from './record-signal.ts'

/** A task of a service that ECS says is RUNNING. A hint: ECS is asked before anything is claimed. */
export interface RunningTask extends ServiceRef {
  readonly revision: string
  /** The service's deployment that started the task: `ecs-svc/…`. */
  readonly deployment: string
  /** The task's ARN. */
  readonly task: string
}

export interface TriggerResult {
  /** `resumed`: the claim of another event stood without an execution; `queued`: waits for the active rollout's end. */
  readonly kind: 'started' | 'resumed' | 'queued' | 'ignored'
  readonly canary?: string
  readonly rollout?: string
  /** The rollout's execution is on the state by this call and no other: what counts rollouts counts here, once. */
  readonly begun?: true
  readonly reason: string
}

type TriggerPorts = Pick<Ports, 'clock' | 'store' | 'workflows'> & Reaching<'services'>

/**
 * Starts a rollout for a task of the candidate's PRIMARY deployment: claim, then start.
 * An event of no concern and a duplicate cost one read of the index; a real one five calls.
 */
export async function trigger(ports: TriggerPorts, task: RunningTask): Promise<TriggerResult> {
  const found = await ports.store.findByCandidate(task)
  const [seen] = found
  if (!seen) return ignored(`${serviceKey(task)} is no canary's candidate`)
  if (found.length > 1) {
    const names = found.map((state) => state.canary).join(', ')
    return ignored(
      `${serviceKey(task)} is the candidate of ${names}; give each canary services of its own`,
    )
  }
  return triggerSeen(ports, task, seen)
}

async function triggerSeen(
  ports: TriggerPorts,
  task: RunningTask,
  seen: CanaryState,
): Promise<TriggerResult> {
  const { canary } = seen
  const concern = concernOf(seen, task)
  if (concern === 'none') {
    return ignored(
      `${revisionName(task.revision)} was triggered already as attempt ${seen.attempt}`,
      canary,
    )
  }
  if (concern === 'resume') return startClaimed(ports, seen, 'resumed')

  const service = await ports.reachOf(seen).services.describe(task)
  if (service?.primary.id !== task.deployment || service.primary.revision !== task.revision) {
    const present = service
      ? `${service.primary.id} (${revisionName(service.primary.revision)})`
      : 'none'
    return ignored(
      `the task is of deployment ${task.deployment} (${revisionName(task.revision)}); ${serviceKey(task)}'s PRIMARY one is ${present}`,
      canary,
    )
  }
  if (concern === 'newer') {
    // A claim that was never started would hold the canary for ever, and with it every newer revision.
    const healed =
      seen.execution === undefined ? await startClaimed(ports, seen, 'resumed') : undefined
    const queued = await queueNewer(ports, task, seen)
    return healed?.begun ? { ...queued, begun: true } : queued
  }
  return claimAndStart(
    ports,
    seen,
    {
      revision: task.revision,
      cause: `a task of ${revisionName(task.revision)} runs (${task.task})`,
    },
    (state) => concernOf(state, task) === 'claim',
  )
}

/** What an event of this revision means to a canary in this state. */
function concernOf(state: CanaryState, task: RunningTask): 'none' | 'claim' | 'resume' | 'newer' {
  if (state.candidateService !== serviceKey(task)) return 'none'
  const same = state.revision === task.revision
  if (state.activeRollout !== undefined) {
    if (!same) return 'newer'
    return state.execution === undefined ? 'resume' : 'none'
  }
  return state.triggered && same ? 'none' : 'claim'
}

/**
 * Claims the next attempt where `mayClaim` still holds at the write, and starts it. Whoever loses the race sees
 * the winner's claim and starts the same execution: names and inputs are equal, so that is one execution.
 */
export async function claimAndStart(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  seen: CanaryState,
  { revision, cause }: { readonly revision: string; readonly cause: string },
  mayClaim: (state: CanaryState) => boolean,
): Promise<TriggerResult> {
  const { canary } = seen
  let mine = false
  const state = await ports.store.amendState(
    canary,
    (present) => {
      mine = mayClaim(present)
      return mine ? claimed(present, revision, cause) : present
    },
    seen,
  )
  if (state.activeRollout === undefined || state.revision !== revision) {
    return ignored(
      'the canary changed while the event was looked at; a later event decides',
      canary,
    )
  }
  if (state.execution !== undefined) {
    return ignored(
      `${revisionName(revision)} was triggered already as attempt ${state.attempt}`,
      canary,
    )
  }
  return startClaimed(ports, state, mine ? 'started' : 'resumed')
}

/**
 * Starts the execution of a claim that has none; the same at every retry. A name that belongs to an old rollout
 * (the state was made anew, and names are taken for 90 days) is passed over with the next attempt.
 */
export async function startClaimed(
  ports: Pick<Ports, 'clock' | 'store' | 'workflows'>,
  state: CanaryState,
  kind: 'started' | 'resumed',
): Promise<TriggerResult> {
  const claim = claimOf(state)
  const { kind: answer, execution } = await ports.workflows.start(claim.rollout, claim)
  if (answer === 'already-started' && (await isOfAnOldRollout(ports, state))) {
    const next = await ports.store.amendState(
      state.canary,
      (present) =>
        present.activeRollout === claim.rollout ? claimed(present, claim.revision) : present,
      state,
    )
    throw new TransientError(
      `the execution ${claim.rollout} is of an earlier rollout; the claim is now ${next.activeRollout}, try again`,
    )
  }
  let begun = false
  await ports.store.amendState(
    state.canary,
    (present) => {
      if (present.activeRollout !== claim.rollout) return present
      begun = present.execution === undefined
      return { ...present, execution }
    },
    state,
  )
  return {
    kind,
    canary: state.canary,
    rollout: claim.rollout,
    ...(begun ? { begun } : {}),
    reason: `${revisionName(claim.revision)} is rolled out to ${claim.candidate}`,
  }
}

/** A rollout that ended so long ago that its state would have been settled. */
const SETTLED_AFTER_MS = 10 * 60_000

async function isOfAnOldRollout(
  ports: Pick<Ports, 'clock' | 'store'>,
  { canary, attempt, revision }: CanaryState,
): Promise<boolean> {
  const record = await ports.store.readRollout(canary, attempt)
  if (record?.outcome === undefined) return false
  const since = ports.clock.now() - (record.endedAt ?? 0)
  return record.revision !== revision || since > SETTLED_AFTER_MS
}

async function queueNewer(
  ports: TriggerPorts,
  task: RunningTask,
  seen: CanaryState,
): Promise<TriggerResult> {
  const { canary } = seen
  const active = await ports.store.readRollout(canary, seen.attempt)
  const policy = active?.definition?.onNewRevision ?? 'supersede'
  const state = await ports.store.amendState(
    canary,
    (present) =>
      concernOf(present, task) === 'newer' && policy !== 'reject'
        ? { ...present, waitingRevision: task.revision }
        : present,
    seen,
  )
  // The rollout ended in between: the event now meets a free canary (or one that has moved on).
  if (concernOf(state, task) !== 'newer') return triggerSeen(ports, task, state)
  const rollout = `${state.activeRollout}`
  const name = revisionName(task.revision)
  const runs = `${name} runs in ${candidateOf(state)}`
  // Under every policy: the checks are to look at once at what has the candidate's traffic now.
  await recordSignal(ports, state, {
    id: `newer-revision:${task.revision}`,
    kind: 'newer-revision',
    at: ports.clock.now(),
    who: task.task,
    why:
      policy === 'supersede'
        ? runs
        : `${runs}; at its next change of traffic ${rollout} fails back (onNewRevision: ${policy})`,
  })
  if (policy === 'reject') {
    return ignored(
      `${rollout} is active, and onNewRevision is "reject": ${name} is not rolled out`,
      canary,
    )
  }
  return {
    kind: 'queued',
    canary,
    rollout,
    reason: `${name} waits for the end of ${rollout} (onNewRevision: ${policy})`,
  }
}

function ignored(reason: string, canary?: string): TriggerResult {
  return { kind: 'ignored', reason, ...(canary === undefined ? {} : { canary }) }
}
