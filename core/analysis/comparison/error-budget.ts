/** Chance that a rollout's comparisons, all together, fail a candidate that is no worse than tolerated. */
export const ERROR_BUDGET = 0.05

/**
 * The `alpha` that a check may use: its own, as long as those of all comparisons of the rollout add up to at most the
 * budget; else all of them shrink in proportion. Whatever the checks have to do with one another, the chance that any
 * of them fails a good candidate is at most the sum (docs/adr/0021).
 *
 * Worked example: up to five comparisons at 0.01 keep it; of ten, each gets 0.005, so a limit of 200:1.
 */
export function allottedAlpha(alpha: number, all: readonly number[]): number {
  const sum = all.reduce((total, each) => total + each, 0)
  return sum > ERROR_BUDGET ? (alpha * ERROR_BUDGET) / sum : alpha
}
