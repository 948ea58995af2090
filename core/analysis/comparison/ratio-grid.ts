/** Lowest and highest excess over the tolerated ratio that is bet on: a tenth more, and a hundred times more. */
const LEAST_EXCESS = 0.1
const MOST_EXCESS = 100
const BETS = 16

/** Ratios below the tolerated one; only the confidence sequence needs them. */
const LOWER = [0.1, 0.25, 0.5, 0.7, 0.85]

const EXCESSES = Array.from(
  { length: BETS },
  (_, index) => LEAST_EXCESS * (MOST_EXCESS / LEAST_EXCESS) ** (index / (BETS - 1)),
)
const SHARES = EXCESSES.map((excess) => Math.min(1, excess))
const WHOLE = SHARES.reduce((sum, share) => sum + share, 0)
const PRIOR = SHARES.map((share) => Math.log(share / WHOLE))

/** Ratios of rates, and what is bet on those above the tolerated one. */
export interface RatioGrid {
  /** Rising. `tolerance` itself is among them. */
  readonly ratios: readonly number[]
  readonly tolerance: number
  /** Index in `ratios` of the bets, which follow the tolerated ratio. */
  readonly bets: readonly number[]
  /** Logarithm of each bet's share. */
  readonly prior: readonly number[]
}

/**
 * The odds ratios that the mixture is made of: excesses over `tolerance` in equal proportion, from 10 % to a
 * hundredfold. Equal shares from a doubling on; smaller excesses get less, in proportion, since they need so much
 * traffic to be seen that their share hardly matters to them and always to the others.
 *
 * @param bound of `promoteEarly`, so that the confidence sequence has a point exactly there.
 */
export function ratioGrid(tolerance: number, bound?: number): RatioGrid {
  const bets = EXCESSES.map((excess) => tolerance * (1 + excess))
  const others = [...LOWER.map((ratio) => ratio * tolerance), tolerance]
  const extra = bound === undefined || [...others, ...bets].includes(bound) ? [] : [bound]
  const ratios = [...others, ...bets, ...extra].sort((a, b) => a - b)
  return {
    ratios,
    tolerance,
    bets: bets.map((ratio) => ratios.indexOf(ratio)),
    prior: PRIOR,
  }
}
