import { settled } from '../model/canary-state.ts'
import { noticeOf } from '../model/notice.ts'
import type { Position } from '../model/position.ts'
import type { Outcome, Rollout } from '../model/rollout.ts'
import { otherSlot } from '../model/slot.ts'
import type { Ports, Reaching } from '../ports.ts'

export interface Closed {
  readonly position: Position
  /** The rollout as it ended, where it was this call that settled it: what counts outcomes counts here, once. */
  readonly settled?: Rollout
}

/**
 * Settles the canary's state after a rollout whose outcome is on its record. Idempotent: whoever finds an
 * outcome without a settled state (a crash lies between) finishes it here.
 */
export async function close(
  ports: Pick<Ports, 'clock' | 'store' | 'notices'> & Reaching<'services'>,
  rollout: Rollout,
): Promise<Closed> {
  const { canary, rollout: id, outcome } = rollout
  if (outcome === undefined) throw new TypeError(`rollout ${id} has no outcome to settle`)
  const end =
    outcome === 'promoted'
      ? { outcome, idleRevision: await idleRevision(ports, rollout) }
      : { outcome }
  let active = false
  let latest = false
  await ports.store.amendState(canary, (seen) => {
    active = seen.activeRollout === id
    latest = active || seen.lastRollout === id
    return settled(seen, id, end)
  })
  const at = rollout.endedAt ?? ports.clock.now()
  // Redriven after others have come: that it ended was told in its time.
  if (latest) await ports.notices.publish(noticeOf(rollout, outcome, at))
  const position = endedPosition(rollout, outcome)
  return { position, ...(active ? { settled: rollout } : {}) }
}

/** What the workflow ends with. */
export function endedPosition(rollout: Rollout, outcome: Outcome): Position {
  const { canary, attempt, rollout: id, candidate, revision, reason, definition } = rollout
  const warm = outcome === 'promoted' ? definition?.scaleDown?.after : undefined
  return {
    canary,
    rollout: id,
    attempt,
    candidate,
    revision,
    step: rollout.step,
    weight: rollout.achieved,
    reason,
    decision: outcome,
    seconds: 1,
    ...(warm === undefined ? {} : { keepWarm: warm }),
  }
}

/** What the old live slot runs: known already, and so no reason for a rollout when one of its tasks is replaced. */
async function idleRevision(ports: Reaching<'services'>, rollout: Rollout): Promise<string> {
  const { definition } = rollout
  const place = definition?.slots[otherSlot(rollout.candidate)]
  const service = place && (await ports.reachOf(definition).services.describe(place))
  return service?.primary.revision ?? rollout.revision
}
