import { TransientError } from '../errors.ts'
import { type Rollout, withEntry } from '../model/rollout.ts'
import type { Ports, Reaching } from '../ports.ts'

type GivingPorts = Pick<Ports, 'clock' | 'store'> & Reaching<'services' | 'autoscaling'>

/**
 * Gives back what a rollout raised of its candidate: the autoscaling minimum and the desired count, as they stood before.
 * After the outcome: the traffic is where it was, and a service that cannot be scaled (any more) goes on the timeline
 * and keeps nobody from the next rollout.
 * @throws {TransientError} where a retry may mend it.
 */
export async function giveBackCapacity(ports: GivingPorts, rollout: Rollout): Promise<Rollout> {
  const { definition, desiredCountBefore, minimumBefore, candidate } = rollout
  if (!definition || (desiredCountBefore === undefined && minimumBefore === undefined)) {
    return rollout
  }
  const place = definition.slots[candidate]
  return told(ports, rollout, 'capacity not given back', async () => {
    const { services, autoscaling } = ports.reachOf(definition)
    if (minimumBefore !== undefined) await autoscaling.setMinimum(place, minimumBefore)
    if (desiredCountBefore !== undefined) await services.setDesiredCount(place, desiredCountBefore)
  })
}

/**
 * After a promotion: the candidate keeps its tasks, for it has the traffic, and its autoscaling has its own minimum
 * again. That is what stood before the rollout, or what a scale down had taken of it, unless somebody has set another
 * one since.
 * @throws {TransientError} where a retry may mend it.
 */
export async function giveBackMinimum(ports: GivingPorts, rollout: Rollout): Promise<Rollout> {
  const { definition, minimumBefore, scaledDown, candidate } = rollout
  if (!definition || (minimumBefore === undefined && scaledDown === undefined)) return rollout
  const place = definition.slots[candidate]
  return told(ports, rollout, 'autoscaling minimum not given back', async () => {
    const { autoscaling } = ports.reachOf(definition)
    const before = minimumBefore ?? (await autoscaling.bounds(place))?.minimum
    const own = before !== undefined && before === scaledDown?.to ? scaledDown.minimum : undefined
    const minimum = own ?? minimumBefore
    if (minimum !== undefined) await autoscaling.setMinimum(place, minimum)
  })
}

async function told(
  ports: Pick<Ports, 'clock' | 'store'>,
  rollout: Rollout,
  what: string,
  give: () => Promise<void>,
): Promise<Rollout> {
  const { canary, attempt } = rollout
  const state = await ports.store.readState(canary)
  // Settled before, and redriven: it was given back then, and the counts are another rollout's by now.
  if (state?.activeRollout !== rollout.rollout) return rollout
  try {
    await give()
    return rollout
  } catch (error) {
    if (error instanceof TransientError) throw error
    const why = error instanceof Error ? error.message : String(error)
    const entry = { at: ports.clock.now(), what, why, who: 'workflow' }
    return ports.store.amendRollout(canary, attempt, (seen) => withEntry(seen ?? rollout, entry))
  }
}
