import { RouterError } from '../errors.ts'
import type { WorkflowTask } from '../model/position.ts'
import { type Rollout, withEntry, without } from '../model/rollout.ts'
import { shareOf } from '../model/routing.ts'
import type { Ports, Reaching } from '../ports.ts'
import { type Closed, close } from './close.ts'
import { giveBackMinimum } from './give-back.ts'
import {
  heldPrepared,
  type PreparedRollout,
  refuseAnotherRevision,
  refuseIfInterrupted,
} from './hold.ts'

/**
 * Makes the candidate live, once the router says that it has everything. The outcome on the rollout's record is
 * the point of no return: whatever dies after it only leaves the state to be settled.
 */
export async function promote(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> &
    Reaching<'services' | 'autoscaling' | 'routerOf'>,
  task: WorkflowTask,
): Promise<Closed> {
  const { canary, attempt } = task.input
  const present = await ports.store.readRollout(canary, attempt)
  const ended = present?.outcome === 'promoted' ? present : undefined
  const rollout = ended ?? (await commit(ports, task, heldPrepared(present, task)))
  return close(ports, await giveBackMinimum(ports, rollout))
}

async function commit(
  ports: Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'routerOf'>,
  task: WorkflowTask,
  rollout: PreparedRollout,
): Promise<Rollout> {
  const { candidate, definition } = rollout
  const { services, routerOf } = ports.reachOf(definition)
  refuseAnotherRevision(rollout, await services.describe(definition.slots[candidate]))
  const { weights, place } = await routerOf(definition).read()
  const share = shareOf(weights, candidate)
  if (share !== 100) {
    throw new RouterError(
      `${place}: ${candidate} has ${share} % of the traffic, not all of it; somebody else changed the weights`,
    )
  }
  return ports.store.amendRollout(
    task.input.canary,
    task.input.attempt,
    (seen): Rollout => {
      const record = heldPrepared(seen, task)
      refuseIfInterrupted(record)
      const now = ports.clock.now()
      return withEntry(
        {
          ...without(record, 'waiting', 'deadline'),
          status: 'promoted',
          outcome: 'promoted',
          endedAt: now,
          expiresAt: Math.floor(now / 1000) + definition.keepRecords,
        },
        { at: now, what: 'promoted', why: record.reason, who: task.execution, weight: 100 },
      )
    },
    rollout,
  )
}
