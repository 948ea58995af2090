import type { Capital } from '../../model/check-memory.ts'

/**
 * Share of the first capital that is never bet: it pays for the bound on the live slot's record (live-record.ts),
 * which fails with at most this share of `alpha`. So both together stay within `alpha`.
 */
export const SET_ASIDE = 0.01

/** Share of the reserve that the first step bets, and each later one. */
const FIRST_STEP = 0.75
const LATER_STEP = 0.5

/** log(sum(exp(values))) without overflow or underflow; of at least one value. */
export function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

/** The capital before the first window: nothing is bet yet. */
export function firstCapital(bets: number): Capital {
  return {
    bets: new Array<number>(bets).fill(LOG_NOTHING),
    reserve: Math.log(1 - SET_ASIDE),
  }
}

/** Stands for the logarithm of 0, which JSON has no number for. */
const LOG_NOTHING = -1e9

/**
 * Bets part of the reserve afresh, spread by the prior. Done at the start of each step, before its first window:
 * a candidate that breaks only under more load has lost its judge much capital by then, on the earlier bets.
 *
 * @param prior logarithms of the bets' shares, which sum to 1.
 */
export function betAfresh(capital: Capital, prior: readonly number[], first: boolean): Capital {
  const share = first ? FIRST_STEP : LATER_STEP
  const stake = capital.reserve + Math.log(share)
  return {
    bets: capital.bets.map((bet, index) => logSumExp([bet, stake + (prior[index] ?? LOG_NOTHING)])),
    reserve: capital.reserve + Math.log1p(-share),
  }
}

/** Pays out: each bet is multiplied by its likelihood ratio, given as its logarithm. */
export function paidOut(capital: Capital, ratios: readonly number[]): Capital {
  return {
    ...capital,
    bets: capital.bets.map((bet, index) => Math.max(LOG_NOTHING, bet + (ratios[index] ?? 0))),
  }
}

/** Beyond it a number is none of DynamoDB. */
const MOST_ODDS = 1e100

/** The evidence as a number that a record can hold. */
export function oddsOf(logarithm: number): number {
  return Math.min(MOST_ODDS, Math.exp(logarithm))
}

/** Logarithm of the evidence: all that was won and what is left. */
export function logEvidence({ bets, reserve }: Capital): number {
  return logSumExp([...bets, reserve])
}
