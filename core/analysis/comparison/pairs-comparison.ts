import type { PairsMemory, Window } from '../../model/check-memory.ts'
import { acceptedWindows, soundValue } from './accepted-windows.ts'
import { betAfresh, firstCapital, logEvidence, paidOut } from './capital.ts'
import type { Look } from './counts-comparison.ts'

/** What a definition says about a comparison of values that are no counts: latency, CPU, a queue's age. */
export interface PairsParameters {
  /** Chance that an equally good candidate is failed by this check, over the whole rollout. */
  readonly alpha: number
  /** How much worse than live's value still counts as equal: 0.1 is a tenth. */
  readonly margin: number
  /** Windows with both slots under which a step has too little to judge. */
  readonly minimumWindows: number
  /** Seconds without any value of the candidate after which its data count as missing. */
  readonly staleAfter: number
  /** Highest value allowed where there is nothing to compare with. */
  readonly threshold?: number | undefined
}

/** Chances of a worse window that are bet on; at most one half is no worse. */
const CHANCES = [0.6, 0.7, 0.8, 0.9, 0.97]
const PRIOR = CHANCES.map(() => -Math.log(CHANCES.length))

/**
 * Takes in new windows: a sequential sign test of the candidate's values against live's.
 *
 * A window is a round: was the candidate's value above live's of the same window by more than the margin? If its median
 * is no higher than that, each round is at most an even bet, whatever was seen before, and whatever the values'
 * distribution. A bet on the chance `q > 1/2` pays `2q` on a worse window and `2(1 - q)` on another one, so its capital
 * cannot be expected to grow, and it ever passes `1 / alpha` with a chance of at most `alpha`.
 *
 * Where live has no value in a window, the candidate is held against live's highest value of this rollout and the
 * margin, else against the threshold, else against nothing, which never passes.
 *
 * Worked example: nine worse windows in a row are evidence 100:1, eight 55:1.
 *
 * Derivation, sources and limits: docs/adr/0020.
 */
export function comparePairs(
  memory: PairsMemory | undefined,
  windows: readonly Window<number>[],
  parameters: PairsParameters,
  look: Look,
): PairsMemory {
  const before = atStep(memory ?? firstMemory(look), look)
  const { windows: sound, ...read } = acceptedWindows(windows, before, look, soundValue)
  return sound.reduce<PairsMemory>((state, window) => paired(state, window, parameters), {
    ...before,
    ...read,
  })
}

function firstMemory({ stepStartedAt }: Look): PairsMemory {
  return {
    kind: 'pairs',
    since: stepStartedAt,
    readUntil: stepStartedAt,
    step: 0,
    capital: firstCapital(CHANCES.length),
    peak: Number.MIN_SAFE_INTEGER,
    worse: 0,
    others: 0,
    liveWindows: 0,
    inStep: { windows: 0 },
    irregularities: {},
  }
}

function atStep(memory: PairsMemory, { step }: Look): PairsMemory {
  if (memory.step === step) return memory
  const capital = betAfresh(memory.capital, PRIOR, memory.step === 0)
  return { ...memory, step, capital, inStep: { windows: 0 } }
}

function paired(
  memory: PairsMemory,
  window: Window<number>,
  parameters: PairsParameters,
): PairsMemory {
  const { candidate, live } = window
  const after: PairsMemory =
    live === undefined
      ? memory
      : {
          ...memory,
          liveWorst: Math.max(memory.liveWorst ?? live, live),
          liveWindows: memory.liveWindows + 1,
        }
  if (candidate === undefined) return after
  const { against, value } = referenceValue(memory, parameters, live)
  const inStep = { ...memory.inStep, answeredAt: window.to, against }
  if (value === undefined) return { ...after, inStep }
  const worse = candidate > value
  const capital = paidOut(
    memory.capital,
    CHANCES.map((chance) => Math.log(2 * (worse ? chance : 1 - chance))),
  )
  return {
    ...after,
    capital,
    peak: Math.max(memory.peak, logEvidence(capital)),
    worse: memory.worse + (worse ? 1 : 0),
    others: memory.others + (worse ? 0 : 1),
    inStep: { ...inStep, windows: inStep.windows + 1, newest: { candidate, reference: value } },
  }
}

/** What the candidate's value is held against in a window. */
function referenceValue(
  { liveWorst, liveWindows }: PairsMemory,
  { margin, minimumWindows, threshold }: PairsParameters,
  live: number | undefined,
): {
  readonly against: 'live' | 'record' | 'threshold' | 'nothing'
  readonly value?: number
} {
  if (live !== undefined) return { against: 'live', value: live * (1 + margin) }
  if (liveWorst !== undefined && liveWindows >= Math.max(1, minimumWindows)) {
    return { against: 'record', value: liveWorst * (1 + margin) }
  }
  return threshold === undefined
    ? { against: 'nothing' }
    : { against: 'threshold', value: threshold }
}
