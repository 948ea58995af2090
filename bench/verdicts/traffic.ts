import type { CountedWindow } from '../../core/analysis/comparison/accepted-windows.ts'
import type { Look } from '../../core/analysis/comparison/counts-comparison.ts'
import type { Dice } from './dice.ts'

/** Requests a second in both slots together. */
export const REQUESTS_PER_SECOND = 100
/** The plan: percent of the candidate, with so many seconds each. */
export const WEIGHTS = [5, 20, 50]
export const BAKE = 300
export const INTERVAL = 10

/** Shares of bad requests, 0 to 1. */
export interface Rates {
  readonly live: number
  readonly candidate: number
  /** Both slots have at least this share meanwhile; seconds since the first step. */
  readonly incident?: { readonly from: number; readonly seconds: number; readonly rate: number }
  /** The candidate is as good as live until this step. */
  readonly fromStep?: number
}

export interface Moment {
  readonly look: Look
  readonly seconds: number
  readonly window: Required<CountedWindow> & {
    readonly candidate: { readonly bad: number; readonly total: number }
    readonly live: { readonly bad: number; readonly total: number }
  }
}

/** One rollout's traffic, window by window: each request falls on a slot by the weight, and is bad by the slot's rate. */
export function* rollout(dice: Dice, rates: Rates, interval = INTERVAL): Generator<Moment> {
  for (const [index, weight] of WEIGHTS.entries()) {
    const stepStartedAt = index * BAKE * 1000
    for (let second = interval; second <= BAKE; second += interval) {
      const seconds = index * BAKE + second
      const now = seconds * 1000
      const requests = REQUESTS_PER_SECOND * interval
      const total = dice.successes(requests, weight / 100)
      const [candidate, live] = ratesAt(rates, index + 1, seconds)
      const window = {
        from: now - interval * 1000,
        to: now,
        candidate: { bad: dice.successes(total, candidate), total },
        live: { bad: dice.successes(requests - total, live), total: requests - total },
      }
      yield { look: { now, step: index + 1, stepStartedAt }, seconds, window }
    }
  }
}

function ratesAt(rates: Rates, step: number, seconds: number): readonly [number, number] {
  const { incident, fromStep = 1 } = rates
  const candidate = step >= fromStep ? rates.candidate : rates.live
  const during = incident && seconds > incident.from && seconds <= incident.from + incident.seconds
  const least = during ? incident.rate : 0
  return [Math.max(candidate, least), Math.max(rates.live, least)]
}
