import { NotYetError, RoleError, TransientError } from '../errors.ts'
import { brief } from '../model/brief.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import {
  newRollout,
  type PendingChange,
  type Rollout,
  withEntry,
  without,
} from '../model/rollout.ts'
import { type SlotWeights, sameWeights, shareOf } from '../model/routing.ts'
import type { Ports, Reaching, TrafficRouter, WorkflowInput } from '../ports.ts'
import { askHooks } from './ask-hooks.ts'
import { type Closed, close, endedPosition } from './close.ts'
import { held } from './hold.ts'

type FailBackPorts = Pick<Ports, 'clock' | 'store' | 'notices'> &
  Reaching<'services' | 'routerOf' | 'lambdas'>

const DEFAULT_KEEP_SECONDS = 90 * 86_400

/**
 * Restores the routing that stood before the rollout, verifies it, and only then calls the rollout failed-back.
 * Idempotent and meant to be retried for hours: everything it has done stands on the record.
 *
 * An execution that does not hold the rollout stops here without touching traffic, unless it was started to
 * recover: then it takes the hold, and whoever had it loses its next write.
 * @throws {NotYetError} until the baseline is verified.
 */
export async function failBack(
  ports: FailBackPorts,
  task: WorkflowTask<WorkflowInput | Position>,
): Promise<Closed> {
  const rollout = await takeHold(ports, task)
  if (rollout.outcome === 'promoted') return close(ports, rollout)
  if (rollout.outcome === undefined) {
    if (rollout.hold.execution !== task.execution) return standBack(rollout, task)
    await restoreAsWhoMay(ports, task, rollout)
    return conclude(ports, await end(ports, task))
  }
  return conclude(ports, rollout)
}

/** All that comes after the outcome. The hooks come last: the next rollout waits for nobody's function. */
async function conclude(ports: FailBackPorts, rollout: Rollout): Promise<Closed> {
  const { definition } = rollout
  const asked = Object.keys(rollout.hooks ?? {}).some((key) => key.startsWith('afterFailBack/'))
  // An invocation before this one closed it, and could not say so for the hooks that it waits for.
  const closed = asked
    ? { position: endedPosition(rollout, 'failed-back'), settled: rollout }
    : await close(ports, await giveBackCapacity(ports, rollout))
  if (!definition) return closed
  const subject = { ...rollout, definition }
  const hooks = await askHooks(ports, subject, 'afterFailBack', (seen) => seen ?? rollout)
  if (hooks.kind === 'waiting') throw new NotYetError(hooks.reason)
  return closed
}

/** The reason and the hold go on the record before anything is touched. */
async function takeHold(
  ports: FailBackPorts,
  task: WorkflowTask<WorkflowInput | Position>,
): Promise<Rollout> {
  const { canary, attempt, rollout: id, candidate, revision, recover } = task.input
  return ports.store.amendRollout(canary, attempt, (seen): Rollout => {
    const now = ports.clock.now()
    const record = seen ?? newRollout({ canary, rollout: id, attempt, candidate, revision }, now)
    if (record.outcome !== undefined) return record
    const mine = record.hold.execution === task.execution
    if (!mine && recover === undefined) return record
    if (mine && record.status === 'failing-back') return record
    const reason = record.status === 'failing-back' ? record.reason : reasonOf(task)
    return withEntry(
      {
        ...without(record, 'waiting', 'deadline'),
        status: 'failing-back',
        // `writingUntil` stays: a write of the execution before may still be under way.
        hold: { ...record.hold, execution: task.execution },
        reason: brief(reason),
      },
      { at: now, what: 'failing back', why: reasonOf(task), who: task.execution },
    )
  })
}

/** The error that a Catch handed over, the decision of `Assess`, or why the guard started this. */
function reasonOf(task: WorkflowTask<WorkflowInput | Position>): string {
  const { input } = task
  if (input.error) return causeOf(input.error)
  if (input.recover !== undefined) return input.recover
  return 'reason' in input ? input.reason : 'no reason was given'
}

function causeOf(error: { readonly Error: string; readonly Cause: string }): string {
  try {
    const cause: unknown = JSON.parse(error.Cause)
    if (typeof cause === 'object' && cause !== null && 'errorMessage' in cause) {
      return `${error.Error}: ${cause.errorMessage}`
    }
  } catch {
    // A Cause is JSON only where a function threw; Step Functions' own causes are sentences.
  }
  return error.Cause ? `${error.Error}: ${error.Cause}` : error.Error
}

function standBack(rollout: Rollout, task: WorkflowTask<WorkflowInput>): Closed {
  const position: Position = {
    ...task.input,
    step: rollout.step,
    weight: rollout.achieved,
    reason: `${rollout.hold.execution} holds the rollout; ${task.execution} left the traffic alone`,
    decision: 'failed-back',
    seconds: 1,
  }
  return { position }
}

/** How the timeline calls the decision, by `Assess` or by an error. */
const DECIDED: readonly string[] = ['decided to fail-back', 'failing back']

/** From the decision until the baseline was verified; undefined where no traffic had been moved. */
export function secondsToFailBack({ step, timeline, endedAt }: Rollout): number | undefined {
  const decided = timeline.find(({ what }) => DECIDED.includes(what))
  if (step === 0 || !decided || endedAt === undefined) return undefined
  return (endedAt - decided.at) / 1000
}

/**
 * A definition that refuses to go does not keep its role: CloudFormation goes on after three tries where the canary was
 * taken out of a stack. Deployed again, the same places have another role, and the baseline is restored as that one.
 */
async function restoreAsWhoMay(
  ports: FailBackPorts,
  task: WorkflowTask<WorkflowInput>,
  rollout: Rollout,
): Promise<void> {
  try {
    await restore(ports, task, rollout)
  } catch (error) {
    const { canary, definition } = rollout
    if (!(error instanceof RoleError) || !definition) throw error
    const role = (await ports.store.readState(canary))?.role
    if (role === undefined || role === definition.role) throw error
    await restore(ports, task, { ...rollout, definition: { ...definition, role } })
  }
}

async function restore(
  ports: FailBackPorts,
  task: WorkflowTask<WorkflowInput>,
  rollout: Rollout,
): Promise<void> {
  const { baseline, definition } = rollout
  // The step is written before the router is: at step 0 no write can have been made.
  if (rollout.step === 0 || !baseline || !definition) return
  const asked = rollout.change && sameWeights(rollout.change.weights, baseline)
  const router = ports.reachOf(definition).routerOf(definition)
  const setBaseline = () => setWeights(ports, task, router, baseline)
  const change = (asked && rollout.change) || (await setBaseline())

  const verification = await router.verify(change)
  if (verification.kind === 'pending') throw new NotYetError(verification.reason)
  if (verification.kind === 'different') {
    await setBaseline()
    throw new NotYetError(`${verification.reason}; the baseline is set again`)
  }
  const { writingUntil } = rollout.hold
  if (writingUntil !== undefined && ports.clock.now() < writingUntil) {
    throw new NotYetError('the baseline stands, but an earlier write may still be under way')
  }
}

async function setWeights(
  ports: Pick<Ports, 'clock' | 'store'>,
  task: WorkflowTask<WorkflowInput>,
  router: TrafficRouter,
  weights: SlotWeights,
): Promise<PendingChange> {
  const change = { ...(await router.set(weights)), at: ports.clock.now() }
  const weight = shareOf(weights, task.input.candidate)
  await amendMine(ports, task, (seen) => ({ ...seen, weight, change }))
  return change
}

/**
 * Gives back the desired count that `capacity: scale` raised. After the outcome: the traffic is where it was, and a
 * service that cannot be scaled (any more) goes on the timeline and keeps nobody from the next rollout.
 * @throws {TransientError} where a retry may mend it.
 */
async function giveBackCapacity(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services'>,
  rollout: Rollout,
): Promise<Rollout> {
  const { canary, attempt, definition, desiredCountBefore, candidate } = rollout
  if (desiredCountBefore === undefined || !definition) return rollout
  try {
    const { services } = ports.reachOf(definition)
    await services.setDesiredCount(definition.slots[candidate], desiredCountBefore)
    return rollout
  } catch (error) {
    if (error instanceof TransientError) throw error
    const why = error instanceof Error ? error.message : String(error)
    const entry = { at: ports.clock.now(), what: 'capacity not given back', why, who: 'workflow' }
    return ports.store.amendRollout(canary, attempt, (seen) => withEntry(seen ?? rollout, entry))
  }
}

async function end(ports: FailBackPorts, task: WorkflowTask<WorkflowInput>): Promise<Rollout> {
  return amendMine(ports, task, (seen) => {
    const now = ports.clock.now()
    const { baseline } = seen
    const restored = seen.step > 0 && baseline !== undefined
    const weight = baseline ? shareOf(baseline, seen.candidate) : 0
    return withEntry(
      {
        ...without(seen, 'change'),
        hold: { execution: task.execution },
        status: 'failed-back',
        outcome: 'failed-back',
        weight,
        achieved: weight,
        endedAt: now,
        expiresAt: Math.floor(now / 1000) + (seen.definition?.keepRecords ?? DEFAULT_KEEP_SECONDS),
      },
      restored
        ? {
            at: now,
            what: 'failed back',
            why: `verified: blue ${baseline.blue} : green ${baseline.green}`,
            who: task.execution,
            weight,
          }
        : { at: now, what: 'failed back', why: 'no traffic had been moved', who: task.execution },
    )
  })
}

/** Amends the record while this execution holds it. @throws {HoldLostError} when it does not any more. */
function amendMine(
  ports: Pick<Ports, 'store'>,
  task: WorkflowTask<WorkflowInput>,
  change: (seen: Rollout) => Rollout,
): Promise<Rollout> {
  const { canary, attempt } = task.input
  return ports.store.amendRollout(canary, attempt, (seen) => change(held(seen, task)))
}
