import { createDice } from './dice.ts'
import { type Judge, REFERENCES, sluice } from './judges.ts'
import type { Bounds, Row } from './rows.ts'
import { rollout } from './traffic.ts'

/** How a judge did over a row's runs. */
export interface Outcome {
  readonly judge: string
  /** Share of the runs that were failed back. */
  readonly failed: number
  /** Over the runs that were failed back: bad requests that the candidate served, and seconds until then. */
  readonly bad?: number
  readonly seconds?: number
}

export interface MeasuredRow {
  readonly name: string
  readonly mustReach?: Bounds
  readonly missed: readonly string[]
  readonly outcomes: readonly Outcome[]
}

/** Every judge sees the same runs. */
export function measureRow(row: Row, runs: number, seed: number): MeasuredRow {
  const judges: Readonly<Record<string, () => Judge>> = { sluice: () => sluice(), ...REFERENCES }
  const tallies = Object.keys(judges).map((judge) => ({ judge, failed: 0, bad: 0, seconds: 0 }))
  const dice = createDice(seed, row.name)
  for (let run = 0; run < runs; run++) {
    const open = new Map(tallies.map((tally) => [tally, judges[tally.judge]?.()]))
    let bad = 0
    for (const moment of rollout(dice, row.rates)) {
      bad += moment.window.candidate.bad
      for (const [tally, judge] of open) {
        if (!judge?.(moment)) continue
        open.delete(tally)
        tally.failed++
        tally.bad += bad
        tally.seconds += moment.seconds
      }
    }
  }
  const outcomes = tallies.map(({ judge, failed, bad, seconds }) => ({
    judge,
    failed: failed / runs,
    ...(failed > 0 ? { bad: bad / failed, seconds: seconds / failed } : {}),
  }))
  const [ours] = outcomes
  const missed = ours && row.mustReach ? missedBy(ours, row.mustReach) : []
  return { name: row.name, ...(row.mustReach && { mustReach: row.mustReach }), missed, outcomes }
}

/** What the row should have reached and did not, in words. */
export function missedBy(outcome: Omit<Outcome, 'judge'>, bounds: Bounds): string[] {
  const { failed, bad = 0, seconds = 0 } = outcome
  const {
    failedAtMost = 1,
    failedAtLeast = 0,
    badAtMost = Infinity,
    secondsAtMost = Infinity,
  } = bounds
  return [
    failed > failedAtMost ? `failed back in more than ${failedAtMost * 100} %` : '',
    failed < failedAtLeast ? `failed back in less than ${failedAtLeast * 100} %` : '',
    bad > badAtMost ? `more than ${badAtMost} bad requests` : '',
    seconds > secondsAtMost ? `more than ${secondsAtMost} s` : '',
  ].filter((text) => text !== '')
}
