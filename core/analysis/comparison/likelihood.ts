import type { Counts } from '../../model/check-memory.ts'

/**
 * Logarithm of the likelihood ratio of `ratio` against `against`, of one window with requests.
 *
 * Given that `n` requests were bad in the window, each of them fell on the candidate with the odds
 * `ratio * Nc : Nl` when the candidate's rate is `ratio` times live's. So the share is binomial with
 * `p = ratio * Nc / (ratio * Nc + Nl)`, and of two ratios the likelihoods are as
 *
 *     (ratio / against)^bad * ((against * Nc + Nl) / (ratio * Nc + Nl))^n
 *
 * Worked example: 812 requests with 41 bad on green, 15,410 with 12 bad on blue, ten against equal:
 * 41 ln 10 - 53 ln((8120 + 15410) / (812 + 15410)) = 94.41 - 19.71 = 74.70.
 *
 * Written with log1p of the difference, so that ratios close to one another keep their digits at 10^9 requests.
 */
export function logRatioOfShares(
  ratio: number,
  against: number,
  candidate: Counts,
  live: Counts,
): number {
  const bad = candidate.bad + live.bad
  const whole = against * candidate.total + live.total
  return (
    candidate.bad * Math.log(ratio / against) -
    bad * Math.log1p(((ratio - against) * candidate.total) / whole)
  )
}

/**
 * Logarithm of the likelihood ratio of `times` the rate against the rate itself, of requests of the candidate alone:
 * `times^bad * exp(-total * rate * (times - 1))`, as if bad requests were rare and independent. That they need not be
 * rare makes it lower, never higher (docs/adr/0020).
 */
export function logRatioOfRates(times: number, rate: number, { bad, total }: Counts): number {
  return bad * Math.log(times) - total * rate * (times - 1)
}
