import { logSumExp } from './capital.ts'
import type { RatioGrid } from './ratio-grid.ts'

/**
 * Upper end of the confidence sequence for the ratio of the candidate's rate to live's: the lowest ratio of the grid
 * which, like every higher one, is refuted at `1 / alpha`. It covers the true ratio at all looks at once but for
 * `alpha`. A ratio is refuted when even bets on all lower ones, spread equally, have won that much against it.
 * `undefined` while no ratio is refuted.
 *
 * @param likelihood logarithms of each ratio's likelihood; only their differences matter.
 */
export function upperRatio(
  grid: RatioGrid,
  likelihood: readonly number[],
  alpha: number,
): number | undefined {
  const limit = -Math.log(alpha)
  const won: number[] = []
  for (const [index, own] of likelihood.entries()) {
    const before = won[index - 1]
    won.push(before === undefined ? own : logSumExp([before, own]))
  }
  let upper: number | undefined
  for (let index = grid.ratios.length - 1; index > 0; index--) {
    const bets = (won[index - 1] ?? 0) - Math.log(index)
    if (bets - (likelihood[index] ?? 0) < limit) return upper
    upper = grid.ratios[index]
  }
  return upper
}
