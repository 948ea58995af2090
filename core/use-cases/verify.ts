import { NotYetError, RouterError } from '../errors.ts'
import { noticeOf } from '../model/notice.ts'
import type { Position, WorkflowTask } from '../model/position.ts'
import { type PendingChange, type Rollout, withEntry, without } from '../model/rollout.ts'
import { shareOf } from '../model/routing.ts'
import type { Ports, Reaching, Routing } from '../ports.ts'
import {
  heldPrepared,
  type PreparedRollout,
  readHeld,
  refuseIfInterrupted,
  stepOf,
} from './hold.ts'

/** A read may lag behind its write this long before "different" is believed. */
const SETTLE_MS = 60_000
/** Route 53 is usually in sync within a minute; past this something is wrong with the change. */
const IN_SYNC_MS = 15 * 60_000

/**
 * Believes a shift only once the router says so: read back whole, and in sync everywhere. What was achieved goes on the
 * record, not what was asked. The bake's time begins when clients' caches have run out; its looks begin at once.
 * @throws {NotYetError} until then; {RouterError} where it does not come.
 */
export async function verify(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> & Reaching<'routerOf'>,
  task: WorkflowTask,
): Promise<Position> {
  const { canary, attempt } = task.input
  const rollout = await readHeld(ports, task)
  refuseIfInterrupted(rollout)
  const { candidate, definition, step } = rollout
  if (step === 0) return unmoved(task)
  const place = `step ${step} of ${definition.plan.length}`
  let { achieved } = rollout
  if (rollout.change) {
    const { writingUntil } = rollout.hold
    if (writingUntil !== undefined && ports.clock.now() < writingUntil) {
      throw new NotYetError('another invocation may still be writing the weights')
    }
    const routing = await settledRouting(ports, rollout, rollout.change)
    achieved = shareOf(routing.weights, candidate)
    const shifted = await ports.store.amendRollout(
      canary,
      attempt,
      (seen): Rollout => {
        const record = heldPrepared(seen, task)
        if (!isAt(record, rollout)) return record
        const now = ports.clock.now()
        const reason = `${candidate} has ${achieved} % of the traffic`
        return withEntry(
          {
            ...without(record, 'change'),
            status: 'baking',
            achieved,
            progress: { startedAt: now + routing.ttl * 1000, passed: 0, errors: 0 },
            reason,
          },
          {
            at: now,
            what: 'shifted',
            why: place,
            who: task.execution,
            weight: achieved,
          },
        )
      },
      rollout,
    )
    const reason = `${shifted.reason}, ${place}`
    await ports.notices.publish(noticeOf(shifted, 'shifted', ports.clock.now(), reason))
  }
  const { bake } = stepOf(definition, step)
  return {
    ...task.input,
    weight: achieved,
    reason: `baking ${candidate} at ${place}`,
    decision: 'bake',
    seconds: Math.min(definition.interval, bake),
  }
}

/** Somebody paused before the first shift: its look is the next, and sees that. */
function unmoved(task: WorkflowTask): Position {
  return { ...task.input, decision: 'bake', seconds: 1 }
}

async function settledRouting(
  ports: Pick<Ports, 'clock'> & Reaching<'routerOf'>,
  rollout: PreparedRollout,
  change: PendingChange,
): Promise<Routing> {
  const { definition } = rollout
  const verification = await ports.reachOf(definition).routerOf(definition).verify(change)
  const now = ports.clock.now()
  const since = now - change.at
  if (verification.kind === 'pending') {
    if (since < IN_SYNC_MS) throw new NotYetError(verification.reason)
    throw new RouterError(`not in sync after ${Math.round(since / 1000)} s: ${verification.reason}`)
  }
  if (verification.kind === 'different') {
    if (since < SETTLE_MS) throw new NotYetError(verification.reason)
    throw new RouterError(
      `${verification.reason}; somebody else changes the weights, or the change was lost`,
    )
  }
  return verification.routing
}

/**
 * Whether the record still waits for the change that was asked about. An invocation that the workflow gave up may come
 * late, to a step that was verified since, or to the next one.
 */
function isAt({ step, change }: Rollout, asked: Rollout): boolean {
  return step === asked.step && change?.id === asked.change?.id && change?.at === asked.change?.at
}
