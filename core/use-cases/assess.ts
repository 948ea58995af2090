import type { CheckContext } from '../analysis/checks/check.ts'
import { decide, historyFull } from '../analysis/decide.ts'
import { asksAll } from '../analysis/due.ts'
import { nextStep } from '../analysis/gates.ts'
import { judge } from '../analysis/judge.ts'
import { TransientError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { Definition } from '../model/definition.ts'
import { LOOKS_BEFORE_TRAFFIC } from '../model/execution-limits.ts'
import { noticeOf } from '../model/notice.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { pausedBy, pendingSignals, wishToStop } from '../model/rollout.ts'
import type { Weight } from '../model/routing.ts'
import type { Verdict } from '../model/verdict.ts'
import { withVerdicts } from '../model/verdict-series.ts'
import type { Ports, Reaching } from '../ports.ts'
import { decided, type GatedDecision, isNews, refuseLateLook } from './decided.ts'
import { gated } from './gated.ts'
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
    Reaching<'services' | 'autoscaling' | 'targetGroups' | 'alarms' | 'metrics' | 'lambdas'>,
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
  if (rollout.step === 0) return lookBeforeTraffic(ports, task, rollout)
  const startedAt = startOfBake(rollout)
  const now = ports.clock.now()
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
    growingFrom: rollout.gate?.kind === 'capacity' ? rollout.tasksNeeded : undefined,
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
  const record = await ports.store.amendRollout(
    canary,
    attempt,
    (seen) => {
      const present = refuseLateLook(heldPrepared(seen, task), rollout)
      if (decision.kind === 'promote') refusePaused(present)
      const outcome = { ...decision, evidence: verdicts, memory, series, now, looks: 1 }
      return decided(present, rollout, outcome, task.execution)
    },
    rollout,
  )
  const held = decision.kind === 'hold' && !decision.gate && rollout.status !== 'holding'
  if (held || isNews(rollout.gate, decision.gate)) {
    await ports.notices.publish(noticeOf(record, 'held', now))
  }
  const position = { ...positionAfter(task, rollout, decision), looks: record.looks }
  return { position, verdicts, weight: rollout.achieved }
}

/**
 * @throws {TransientError} where the step is shifted only now: an invocation that the workflow had given up finds it so,
 * and whoever waits for one looks again.
 */
function startOfBake({ rollout, step, progress }: PreparedRollout): number {
  if (progress) return progress.startedAt
  throw new TransientError(`step ${step} of ${rollout} does not bake yet; this look is late`)
}

/**
 * A pause that came while the candidate was looked at. `shift` sees it by itself; a promotion has begun once it is decided,
 * and takes no pause any more.
 * @throws {TransientError} for the look to be taken again.
 */
function refusePaused(present: PreparedRollout): void {
  const pause = pausedBy(present)
  if (!pause) return
  throw new TransientError(`${present.rollout} was paused by ${pause.who} during this look`)
}

/** Of the comparisons that can fail the candidate. */
function alphasOf({ checks }: Definition): number[] {
  return checks.flatMap((check) =>
    check.type === 'compare' && check.effect !== 'advisory' ? check.alpha : [],
  )
}

/** Before the first step there is nothing to look at but the gates, and whether the candidate is ready still. */
async function lookBeforeTraffic(
  ports: Pick<Ports, 'clock' | 'store'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
): Promise<Assessment> {
  const { canary, attempt } = task.input
  const { definition, candidate, achieved: weight } = rollout
  const now = ports.clock.now()
  const stop = wishToStop(rollout) ?? historyFull(rollout, definition)
  const decision: GatedDecision = stop
    ? { kind: 'fail-back', reason: brief(stop), seconds: 1 }
    : { kind: 'ready', reason: `looking whether ${candidate} may get traffic`, seconds: 1 }
  const record = await ports.store.amendRollout(
    canary,
    attempt,
    (seen) => {
      const present = refuseLateLook(heldPrepared(seen, task), rollout)
      const { evidence, memory = {}, series = {}, gate } = present
      const looks = LOOKS_BEFORE_TRAFFIC
      const kept = gate && !stop ? { gate } : {}
      const outcome = { ...decision, ...kept, evidence, memory, series, now, looks }
      return decided(present, rollout, outcome, task.execution)
    },
    rollout,
  )
  const { kind, reason, seconds } = decision
  const position = { ...task.input, weight, reason, decision: kind, seconds, looks: record.looks }
  return { position, verdicts: [], weight }
}

function positionAfter(
  task: WorkflowTask,
  rollout: PreparedRollout,
  decision: GatedDecision,
): Position {
  const { kind, reason, seconds } = decision
  if (kind !== 'shift') {
    return { ...task.input, weight: rollout.achieved, reason, decision: kind, seconds }
  }
  const step = nextStep(rollout, rollout.definition.plan)
  const { weight } = stepOf(rollout.definition, step)
  return { ...task.input, step, weight, reason, decision: kind, seconds }
}
