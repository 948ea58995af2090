import type { CheckContext } from '../analysis/checks/check.ts'
import type { Decision } from '../analysis/decide.ts'
import { decide } from '../analysis/decide.ts'
import { asksAll } from '../analysis/due.ts'
import { judge } from '../analysis/judge.ts'
import { TransientError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { Definition } from '../model/definition.ts'
import type { HookPoint } from '../model/hooks.ts'
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
import { withVerdicts } from '../model/verdict-series.ts'
import type { Ports, Reaching } from '../ports.ts'
import { askHooks } from './ask-hooks.ts'
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
  ports: Pick<Ports, 'clock' | 'store' | 'http' | 'notices'> &
    Reaching<'services' | 'targetGroups' | 'alarms' | 'metrics' | 'lambdas'>,
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
  const startedAt = rollout.progress?.startedAt ?? now
  const context: CheckContext = {
    now,
    canary,
    rollout: rollout.rollout,
    candidate,
    slots: definition.slots,
    revision: rollout.revision,
    supersedes: definition.onNewRevision === 'supersede',
    rolloutStartedAt: rollout.startedAt,
    step: rollout.step,
    steps: definition.plan.length,
    weight: rollout.achieved,
    stepStartedAt: startedAt,
    interval: definition.interval,
    looks: rollout.looks,
    alphas: alphasOf(definition),
    promoteEarlyBound: definition.promoteEarly?.bound,
  }
  const { bake } = stepOf(definition, rollout.step)
  const { verdicts, memory } = await judge(
    { ...ports.reachOf(definition), http: ports.http },
    definition.checks,
    context,
    { evidence: rollout.evidence, memory: rollout.memory ?? {} },
    asksAll({ startedAt, bake }, rollout.evidence, now, pendingSignals(rollout).length > 0),
  )
  const decision = await gated(ports, task, rollout, decide(rollout, verdicts, definition, now))
  const series = withVerdicts(rollout.series ?? {}, verdicts, { now, startedAt: rollout.startedAt })
  const record = await ports.store.amendRollout(canary, attempt, (seen) =>
    decided(
      refuseLateLook(heldPrepared(seen, task), rollout),
      rollout,
      { ...decision, evidence: verdicts, memory, series, now },
      task.execution,
    ),
  )
  if (decision.kind === 'hold' && rollout.status !== 'holding') {
    await ports.notices.publish(noticeOf(record, 'held', now))
  }
  const position = { ...positionAfter(task, rollout, decision), looks: record.looks }
  return { position, verdicts, weight: rollout.achieved }
}

/**
 * The workflow may give an invocation up that still runs, and start another. Which of the two it waits for is not to be
 * known here: the later one looks again, with all that the earlier one wrote.
 * @throws {TransientError}
 */
function refuseLateLook(present: PreparedRollout, judged: Rollout): PreparedRollout {
  if (present.looks === judged.looks && present.step === judged.step) return present
  throw new TransientError(
    `rollout ${judged.rollout} was assessed by another invocation meanwhile; this look is late`,
  )
}

/** Of the comparisons that can fail the candidate. */
function alphasOf({ checks }: Definition): number[] {
  return checks.flatMap((check) =>
    check.type === 'compare' && check.effect !== 'advisory' ? check.alpha : [],
  )
}

/** Milliseconds of a look that one point's hooks may have taken for the next point's to be asked at it as well. */
const SHORT_POINT = 2_000

/**
 * Holds a step back until the hooks behind it have answered. The checks go on at each look meanwhile, so harm is still
 * seen, and a step that is no longer clear is not passed however its hooks answer. A look has the time for one point's
 * hooks; where they took some, the next point's are asked at a look of their own.
 */
async function gated(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'lambdas'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
  decision: Decision,
): Promise<Decision> {
  const points: HookPoint[] =
    decision.kind === 'promote'
      ? ['afterStep', 'beforePromote']
      : decision.kind === 'shift'
        ? ['afterStep']
        : []
  const began = ports.clock.now()
  for (const point of points) {
    if (ports.clock.now() - began > SHORT_POINT && rollout.definition.hooks[point].length > 0) {
      return { ...decision, kind: 'bake', reason: `next are the hooks of ${point}`, seconds: 1 }
    }
    const result = await askHooks(ports, rollout, point, (seen) => heldPrepared(seen, task))
    const reason = brief(result.kind === 'passed' ? decision.reason : result.reason)
    if (result.kind === 'failed') return { ...decision, kind: 'fail-back', reason }
    if (result.kind === 'waiting') {
      return { ...decision, kind: 'bake', reason, seconds: rollout.definition.interval }
    }
  }
  return decision
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
  outcome: Decision & Pick<Rollout, 'evidence' | 'memory' | 'series'> & { readonly now: number },
  who: string,
): Rollout {
  const { kind, reason, evidence, memory = {}, series = {}, progress, now } = outcome
  // Only what this decision knew of is seen; a signal that came meanwhile stays pending and wakes the next bake.
  const seen = pendingSignals(judged).map((signal) => [signal.id, { ...signal, seenAt: now }])
  const record: Rollout = {
    ...without(present, 'waiting'),
    status: STATUS_OF[kind] ?? present.status,
    signals: { ...present.signals, ...Object.fromEntries(seen) },
    looks: judged.looks + 1,
    progress,
    evidence,
    memory,
    series,
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
