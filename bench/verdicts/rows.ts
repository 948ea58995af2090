import type { Rates } from './traffic.ts'

/** What a row must reach. Shares are 0 to 1; means are over the runs that were failed back. */
export interface Bounds {
  readonly failedAtMost?: number
  readonly failedAtLeast?: number
  readonly badAtMost?: number
  readonly secondsAtMost?: number
}

export interface Row {
  readonly name: string
  readonly rates: Rates
  /** Absent where a row only shows something. */
  readonly mustReach?: Bounds
}

const EQUAL: Bounds = { failedAtMost: 0.01 }
const INCIDENT = { from: 400, seconds: 120, rate: 0.1 }

const equal = (percent: number, mustReach = EQUAL): Row => ({
  name: `${percent} → ${percent} %`,
  rates: { live: percent / 100, candidate: percent / 100 },
  mustReach,
})

const worse = (live: number, candidate: number, mustReach?: Bounds): Row => ({
  name: `${live} → ${candidate} %`,
  rates: { live: live / 100, candidate: candidate / 100 },
  ...(mustReach && { mustReach }),
})

/** Requests that end in an error. */
export const ERROR_ROWS: readonly Row[] = [
  equal(0.1),
  equal(1),
  equal(2),
  equal(10),
  equal(50),
  worse(0.1, 0.3, { failedAtLeast: 0.95 }),
  worse(0.1, 0.5, { failedAtLeast: 1, badAtMost: 12 }),
  worse(0.1, 1, { failedAtLeast: 1, badAtMost: 7 }),
  worse(0.1, 5, { failedAtLeast: 1, badAtMost: 5, secondsAtMost: 20 }),
  {
    name: '1 → 1 %, incident of 10 %',
    rates: { live: 0.01, candidate: 0.01, incident: INCIDENT },
    mustReach: EQUAL,
  },
  worse(1, 1.5),
  {
    name: '0.1 → 0.5 % at 50 % only',
    rates: { live: 0.001, candidate: 0.005, fromStep: 3 },
  },
  worse(0.5, 0.1, EQUAL),
]

/**
 * Requests slower than a bound, with latencies that are log-normal: median 80 ms, sigma 0.5. A bound that live exceeds
 * with 0.1 % of its requests lies at 375 ms, and a candidate that is `slower` times as slow exceeds it with the share
 * that is computed here.
 */
const SIGMA = 0.5

const slower = (name: string, share: number, factor: number, mustReach?: Bounds): Row => ({
  name,
  rates: { live: share, candidate: upperTail(zOfShare(share) - Math.log(factor) / SIGMA) },
  ...(mustReach && { mustReach }),
})

/** The factor by which a candidate is slower if its share of slow requests is `to`, and live's is `from`. */
const factorOf = (from: number, to: number) => Math.exp(SIGMA * (zOfShare(from) - zOfShare(to)))

const slowRow = (to: number, mustReach: Bounds): Row => {
  const factor = factorOf(0.001, to)
  return slower(`×${factor.toFixed(2)}: 0.1 → ${to * 100} % slow`, 0.001, factor, mustReach)
}

export const SLOW_ROWS: readonly Row[] = [
  slower('×1: 0.1 → 0.1 % slow', 0.001, 1, EQUAL),
  slower('×1: 1 → 1 % slow', 0.01, 1, EQUAL),
  slower('×1: 2 → 2 % slow', 0.02, 1, EQUAL),
  slowRow(0.003, { failedAtLeast: 0.95 }),
  slowRow(0.005, { failedAtLeast: 1, badAtMost: 12 }),
  slowRow(0.01, { failedAtLeast: 1, badAtMost: 7 }),
  slowRow(0.05, { failedAtLeast: 1, badAtMost: 5, secondsAtMost: 20 }),
  {
    name: '×1: 1 → 1 %, both ×1.9 for 120 s',
    rates: {
      live: 0.01,
      candidate: 0.01,
      incident: { ...INCIDENT, rate: upperTail(zOfShare(0.01) - Math.log(1.9) / SIGMA) },
    },
    mustReach: EQUAL,
  },
]

/** Chance that a standard normal lies above `z`: the complementary error function by its continued fraction or series. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    let [term, sum] = [z, z]
    for (let n = 1; n < 60; n++) {
      term *= (z * z) / (2 * n + 1)
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = z
  for (let n = 60; n > 0; n--) fraction = z + n / fraction
  return density / fraction
}

/** The inverse of `upperTail`. */
function zOfShare(share: number): number {
  let [low, high] = [-8, 8]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (upperTail(middle) > share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
