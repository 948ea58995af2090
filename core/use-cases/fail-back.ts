import { NotYetError, RoleError } from '../errors.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import {
  type Hold,
  type PendingChange,
  type Rollout,
  withEntry,
  without,
} from '../model/rollout.ts'
import { type SlotWeights, sameWeights, shareOf } from '../model/routing.ts'
import type { Ports, Reaching, TrafficRouter, WorkflowInput } from '../ports.ts'
import { askHooks } from './ask-hooks.ts'
import { type Closed, close, endedPosition } from './close.ts'
import { giveBackCapacity, giveBackMinimum } from './give-back.ts'
import { held, WRITE_LEASE_MS } from './hold.ts'
import { takeHold } from './take-hold.ts'

type FailBackPorts = Pick<Ports, 'clock' | 'store' | 'notices'> &
  Reaching<'services' | 'autoscaling' | 'routerOf' | 'lambdas'>

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
  if (rollout === undefined) return standBack(task, 'it has no record and is not active (any more)')
  if (rollout.outcome === 'promoted') return close(ports, await giveBackMinimum(ports, rollout))
  if (rollout.outcome === undefined) {
    const { execution } = rollout.hold
    if (execution !== task.execution) return standBack(task, `${execution} holds it`, rollout)
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

function standBack(task: WorkflowTask<WorkflowInput>, why: string, rollout?: Rollout): Closed {
  const { rollout: id } = task.input
  const position: Position = {
    ...task.input,
    step: rollout?.step ?? 0,
    weight: rollout?.achieved ?? 0,
    reason: `rollout ${id}: ${why}; ${task.execution} left the traffic alone`,
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
  const setBaseline = () => setWeights(ports, task, router, baseline, rollout)
  const change = (asked && rollout.change) || (await setBaseline())

  const verification = await router.verify(change, 'kept')
  if (verification.kind === 'pending') throw new NotYetError(verification.reason)
  if (verification.kind === 'different') {
    await setBaseline()
    throw new NotYetError(`${verification.reason}; the baseline is set again`)
  }
}

/**
 * Under a lease, as every write of weights: an invocation that the workflow gave up may still write when the one that it
 * called instead has verified the baseline, and would then write into the next rollout.
 */
async function setWeights(
  ports: Pick<Ports, 'clock' | 'store'>,
  task: WorkflowTask<WorkflowInput>,
  router: TrafficRouter,
  weights: SlotWeights,
  rollout: Rollout,
): Promise<PendingChange> {
  let before: Hold = { execution: task.execution }
  let lease = 0
  const leased = await amendMine(ports, task, rollout, (seen) => {
    before = seen.hold
    // One of its own, even where another's lasts longer: that one is lifted as soon as the other has written.
    lease = Math.max(ports.clock.now() + WRITE_LEASE_MS, (before.writingUntil ?? 0) + 1)
    return { ...seen, hold: { ...before, writingUntil: lease } }
  })
  const change = { ...(await router.set(weights, 'kept')), at: ports.clock.now() }
  const weight = shareOf(weights, task.input.candidate)
  await amendMine(ports, task, leased, (seen) => {
    const hold = seen.hold.writingUntil === lease ? before : seen.hold
    return { ...seen, hold, weight, change }
  })
  return change
}

async function end(ports: FailBackPorts, task: WorkflowTask<WorkflowInput>): Promise<Rollout> {
  return amendMine(ports, task, undefined, (seen) => {
    const now = ports.clock.now()
    const { writingUntil = 0 } = seen.hold
    if (now < writingUntil) {
      throw new NotYetError('the baseline stands, but an earlier write may still be under way')
    }
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
  from: Rollout | undefined,
  change: (seen: Rollout) => Rollout,
): Promise<Rollout> {
  const { canary, attempt } = task.input
  return ports.store.amendRollout(canary, attempt, (seen) => change(held(seen, task)), from)
}
