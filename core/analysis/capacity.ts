import type { Weight } from '../model/routing.ts'
import type { ScalingBounds } from '../ports.ts'

/** What is known of a candidate's size before it gets a share. */
export interface Size {
  /** The share that it is to get. */
  readonly weight: Weight
  /** What the live slot is meant to run: the measure, whatever it runs at the moment. */
  readonly liveDesired: number
  readonly desired: number
  /** Tasks of the rolled-out revision. */
  readonly running: number
  /** Absent where nothing scales the service, or nobody asked. */
  readonly bounds?: ScalingBounds | undefined
  /** The autoscaling minimum that the service is to have, where another one stands: a scale down took it. */
  readonly ownMinimum?: number | undefined
}

/** What is to be set of it; absent where what stands is enough. */
export interface Raise {
  readonly minimum?: number
  readonly desiredCount?: number
}

export interface Sizing {
  /** Tasks that the share needs: at least one, and of what live is meant to run as large a part. */
  readonly needed: number
  readonly enough: boolean
  readonly raise: Raise
  /** Its autoscaling would take tasks away again that it needs. */
  readonly beyondMaximum: boolean
}

/**
 * How many tasks a candidate needs for its next share, and what has to be set so that it gets and keeps them.
 *
 * Of 10 tasks that live is meant to run, a share of 25 % needs ceil(10 · 0.25) = 3, and one of 1 % needs 1. With
 * `scales`, the desired count is raised to that, and so is the autoscaling minimum: without it the next quiet minute
 * would take the tasks back. Neither is raised above the autoscaling maximum, nor ever lowered; and the count never stays
 * below the service's own minimum. Without `scales`, only a minimum that a scale down took is put back.
 */
export function sizing(size: Size, scales: boolean): Sizing {
  const { weight, liveDesired, desired, running, bounds, ownMinimum } = size
  // In tenths of a percent: 250 tasks at 64.4 % are 161, where floating point makes it 162.
  const needed = Math.max(1, Math.ceil((liveDesired * Math.round(weight * 10)) / 1000))
  const floor = Math.max(bounds?.minimum ?? 0, ownMinimum ?? 0)
  const most = bounds?.maximum ?? Number.POSITIVE_INFINITY
  const minimum = Math.min(most, scales ? Math.max(floor, needed) : floor)
  const count = Math.min(most, Math.max(floor, needed))
  return {
    needed,
    enough: running >= needed,
    raise: {
      ...(bounds && minimum > bounds.minimum ? { minimum } : {}),
      ...(scales && count > desired ? { desiredCount: count } : {}),
    },
    beyondMaximum: needed > most,
  }
}
