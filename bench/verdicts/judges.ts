import {
  type CountsParameters,
  compareCounts,
} from '../../core/analysis/comparison/counts-comparison.ts'
import { refuted } from '../../core/analysis/comparison/counts-verdict.ts'
import type { Counts, CountsMemory } from '../../core/model/check-memory.ts'
import type { Moment } from './traffic.ts'

/** Looks at a rollout's moments in turn; true fails the candidate. */
export type Judge = (moment: Moment) => boolean

export const PARAMETERS: CountsParameters = {
  alpha: 0.01,
  tolerance: 1,
  minimumSample: 50,
  staleAfter: 60,
}

export function sluice(parameters = PARAMETERS): Judge {
  let memory: CountsMemory | undefined
  return ({ window, look }) => {
    memory = compareCounts(memory, [window], parameters, look)
    return refuted(memory, parameters)
  }
}

const MINUTE = 60

/** The candidate's whole minutes; calls `over` at the end of each that had requests. */
function minutely(over: (rate: number) => boolean): Judge {
  let sum: Counts = { bad: 0, total: 0 }
  return ({ window, seconds }) => {
    sum = plus(sum, window.candidate)
    if (seconds % MINUTE !== 0) return false
    const { bad, total } = sum
    sum = { bad: 0, total: 0 }
    return total > 0 && over(bad / total)
  }
}

/** The references that Sluice is measured by. They exist only here. */
export const REFERENCES: Readonly<Record<string, () => Judge>> = {
  '≥ 1 % in a minute': () => minutely((rate) => rate >= 0.01),
  'the same, five times': () => {
    let times = 0
    return minutely((rate) => {
      if (rate >= 0.01) times++
      return times >= 5
    })
  },
  '2 of 2 minutes > 1 %': () => {
    let before = false
    return minutely((rate) => {
      const both = before && rate > 0.01
      before = rate > 0.01
      return both
    })
  },
  'repeated z-test, p < 0.01': () => {
    let [candidate, live]: Counts[] = [NONE, NONE]
    let step = 1
    return ({ window, look }) => {
      if (look.step !== step) [candidate, live, step] = [NONE, NONE, look.step]
      candidate = plus(candidate ?? NONE, window.candidate)
      live = plus(live ?? NONE, window.live)
      return zOf(candidate, live) > 2.3263
    }
  },
}

const NONE: Counts = { bad: 0, total: 0 }

/** Two proportions, pooled variance: how many standard errors the candidate's share lies above live's. */
function zOf(candidate: Counts, live: Counts): number {
  const pooled = (candidate.bad + live.bad) / (candidate.total + live.total)
  const variance = pooled * (1 - pooled) * (1 / candidate.total + 1 / live.total)
  return variance > 0
    ? (candidate.bad / candidate.total - live.bad / live.total) / Math.sqrt(variance)
    : 0
}

function plus(one: Counts, other: Counts): Counts {
  return { bad: one.bad + other.bad, total: one.total + other.total }
}
