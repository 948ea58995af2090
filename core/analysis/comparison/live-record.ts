import type { Counts } from '../../model/check-memory.ts'
import { logSumExp, SET_ASIDE } from './capital.ts'
import { logRatioOfRates } from './likelihood.ts'

/**
 * How many times the bound on live's earlier rate the candidate may have once live has no traffic. The record is of
 * another time: nothing cancels an incident that hits both slots any more, so the candidate gets the benefit of it.
 */
export const RECORD_WIDENING = 2

/** Rates below the one in question, that the bound bets on. */
const LOWER_TIMES = [0.9, 0.75, 0.6, 0.4, 0.2, 0.05]

/**
 * Upper bound on the live slot's rate, from all that it answered in this rollout: the highest rate that its record
 * does not refute at `alpha * SET_ASIDE`. Refuted is a rate against which bets on lower ones have won that much; those
 * bets could be looked at any time, so the bound holds at every look at once.
 *
 * Worked example: no bad request in 10,000, alpha 0.01: 0.11 %. Ten in 10,000: 0.33 %.
 */
export function liveRateBound({ bad, total }: Counts, alpha: number): number {
  const limit = -Math.log(alpha * SET_ASIDE)
  const refuted = (rate: number) =>
    logSumExp(
      LOWER_TIMES.map(
        (times) => logRatioOfRates(times, rate, { bad, total }) - Math.log(LOWER_TIMES.length),
      ),
    ) >= limit
  let low = bad / total
  let high = 1
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2
    if (refuted(middle)) high = middle
    else low = middle
  }
  return high
}
