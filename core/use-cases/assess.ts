import type { Decision } from '../analysis/decide.ts'
import { decide } from '../analysis/decide.ts'
import { judge } from '../analysis/judge.ts'
import { noticeOf } from '../model/notice.ts'
import type { DecisionKind, Position, WorkflowTask } from '../model/position.ts'
import {
  pendingSignals,
  type Rollout,
  type RolloutStatus,
  withEntry,
  without,
} from '../model/rollout.ts'
import type { Weight } from '../model/routing.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Ports, Reaching } from '../ports.ts'
import { heldPrepared, type PreparedRollout, readHeld, stepOf } from './hold.ts'

export interface Assessment {
  readonly position: Position
  /** Of this look. */
  readonly verdicts: readonly Verdict[]
  /** The candidate's share while it was looked at. */
  readonly weight: Weight
}

/** Looks at the candidate and decides what comes next; the evidence goes on the record with the decision. */
export async function assess(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> &
    Reaching<'services' | 'targetGroups' | 'alarms' | 'metrics'>,
  task: WorkflowTask,
): Promise<Assessment> {
  const { canary, attempt } = task.input
  const rollout = await readHeld(ports, task)
  const { definition, candidate } = rollout
  if (rollout.status === 'failing-back') {
    // Decided before, and the answer was lost on its way: the decision stands.
    const { reason, achieved: weight } = rollout
    const position = { ...task.input, weight, reason, decision: 'fail-back', seconds: 1 } as const
    return { position, verdicts: [], weight }
  }
  const now = ports.clock.now()
  const verdicts = await judge(ports.reachOf(definition), definition.checks, {
    now,
    candidate,
    place: definition.slots[candidate],
    revision: rollout.revision,
    supersedes: definition.onNewRevision === 'supersede',
    rolloutStartedAt: rollout.startedAt,
    stepStartedAt: rollout.progress?.startedAt ?? now,
  })
  const decision = decide(rollout, verdicts, definition, now)
  const record = await ports.store.amendRollout(canary, attempt, (seen) =>
    decided(
      heldPrepared(seen, task),
      rollout,
      { ...decision, evidence: verdicts, now },
      task.execution,
    ),
  )
  if (decision.kind === 'hold' && rollout.status !== 'holding') {
    await ports.notices.publish(noticeOf(record, 'held', now))
  }
  return { position: positionAfter(task, rollout, decision), verdicts, weight: rollout.achieved }
}

const STATUS_OF: Partial<Record<DecisionKind, RolloutStatus>> = {
  bake: 'baking',
  hold: 'holding',
  promote: 'promoting',
  'fail-back': 'failing-back',
}

function decided(
  present: PreparedRollout,
  judged: Rollout,
  outcome: Decision & Pick<Rollout, 'evidence'> & { readonly now: number },
  who: string,
): Rollout {
  const { kind, reason, evidence, progress, now } = outcome
  // Only what this decision knew of is seen; a signal that came meanwhile stays pending and wakes the next bake.
  const seen = pendingSignals(judged).map((signal) => [signal.id, { ...signal, seenAt: now }])
  const record: Rollout = {
    ...without(present, 'waiting'),
    status: STATUS_OF[kind] ?? present.status,
    signals: { ...present.signals, ...Object.fromEntries(seen) },
    looks: judged.looks + 1,
    progress,
    evidence,
    reason,
  }
  const news = kind !== 'bake' || seen.length > 0
  const repeated = kind === 'hold' && judged.status === 'holding' && seen.length === 0
  return news && !repeated
    ? withEntry(record, { at: now, what: `decided to ${kind}`, why: reason, who })
    : record
}

function positionAfter(task: WorkflowTask, rollout: PreparedRollout, decision: Decision): Position {
  const { kind, reason, seconds } = decision
  if (kind !== 'shift') {
    return { ...task.input, weight: rollout.achieved, reason, decision: kind, seconds }
  }
  const step = rollout.step + 1
  const { weight } = stepOf(rollout.definition, step)
  return { ...task.input, step, weight, reason, decision: kind, seconds }
}
