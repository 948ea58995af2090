import type { CountsMemory } from '../../model/check-memory.ts'
import type { Slot } from '../../model/slot.ts'
import type { VerdictKind } from '../../model/verdict.ts'
import { toldIrregularities } from './accepted-windows.ts'
import { logEvidence, oddsOf } from './capital.ts'
import { upperRatio } from './confidence.ts'
import { type CountsParameters, type Look, referenceRate } from './counts-comparison.ts'
import { missingData, type OpenQuestion } from './open-question.ts'
import { ratioGrid } from './ratio-grid.ts'
import { formatCounts, formatNumber, formatOdds, formatShare } from './wording.ts'

/** The words of a comparison: who is who, and what bad means, as in `with 5xx`, `slower than 300 ms`. */
export interface Words {
  readonly candidate: Slot
  readonly live: Slot
  readonly bad: string
}

/** What a comparison answers at a look; the check makes its verdict of it. */
export interface Answer {
  readonly kind: VerdictKind
  /** Reads as a sentence. */
  readonly reason: string
  readonly numbers: Readonly<Record<string, number>>
  readonly window: { readonly from: number; readonly to: number }
  /** The candidate was seen, but too little of it; see `Verdict`. */
  readonly tooLittle?: true
  /** Whether the confidence sequence lies under the bound of `promoteEarly`, at this step and with live's traffic. */
  readonly underBound?: boolean
}

/** Whether equality is refuted: the evidence passed `1 / alpha` at this look or an earlier one. */
export function refuted(memory: { readonly peak: number }, { alpha }: { readonly alpha: number }) {
  return memory.peak >= -Math.log(alpha)
}

/** The evidence beside its limit, both as logarithms. What has passed the limit stays where it was highest. */
export function standing(
  memory: Pick<CountsMemory, 'peak' | 'capital'>,
  parameters: { readonly alpha: number },
) {
  const failed = refuted(memory, parameters)
  return {
    failed,
    logOdds: failed ? memory.peak : logEvidence(memory.capital),
    limit: -Math.log(parameters.alpha),
  }
}

/** What the evidence says now: fail at `1 / alpha`, pass with enough traffic in this very step, inconclusive else. */
export function answerOfCounts(
  memory: CountsMemory,
  parameters: CountsParameters,
  look: Look,
  words: Words,
): Answer {
  const { failed, logOdds, limit } = standing(memory, parameters)
  const grid = ratioGrid(parameters.tolerance, parameters.bound)
  const upper = upperRatio(grid, memory.likelihood, parameters.alpha)
  const told = `${toldCounts(memory, parameters, words)}; evidence ${formatOdds(logOdds)} against ${toldNull(
    memory,
    parameters,
  )} (limit ${formatOdds(limit)})`
  const notes = toldIrregularities(memory.irregularities)
  const open = failed ? undefined : openQuestion(memory, parameters, look, words)
  const underBound =
    !failed &&
    open === undefined &&
    memory.inStep.against === 'live' &&
    parameters.bound !== undefined &&
    upper !== undefined &&
    upper <= parameters.bound
  return {
    kind: failed ? 'fail' : open ? 'inconclusive' : 'pass',
    reason: open ? `${open.reason}; ${told}${notes}` : `${told}${notes}`,
    numbers: {
      candidateBad: memory.candidate.bad,
      candidateTotal: memory.candidate.total,
      liveBad: memory.live.bad,
      liveTotal: memory.live.total,
      stepCandidateTotal: memory.inStep.candidate.total,
      stepLiveTotal: memory.inStep.live.total,
      evidence: oddsOf(logOdds),
      limit: 1 / parameters.alpha,
      ...(upper === undefined ? {} : { ratioUnder: upper }),
      ...memory.irregularities,
    },
    window: { from: memory.since, to: memory.readUntil },
    ...(open?.tooLittle ? { tooLittle: true } : {}),
    ...(parameters.bound === undefined ? {} : { underBound }),
  }
}

function openQuestion(
  { inStep }: CountsMemory,
  { minimumSample, staleAfter }: CountsParameters,
  { now }: Look,
  words: Words,
): OpenQuestion | undefined {
  const missing = missingData(inStep, { staleAfter }, now, words.candidate)
  if (missing) return missing
  if (inStep.candidate.total < minimumSample) {
    return {
      reason: tooLittle(words.candidate, inStep.candidate.total, minimumSample),
      tooLittle: true,
    }
  }
  if (inStep.against === 'live' && inStep.live.total < minimumSample) {
    return { reason: tooLittle(words.live, inStep.live.total, minimumSample), tooLittle: true }
  }
  if (inStep.against === 'nothing') {
    return {
      reason: `${words.live} has no traffic to compare with and too short a record of it; set "threshold" for that`,
    }
  }
  return undefined
}

function tooLittle(slot: Slot, total: number, needed: number): string {
  return `too little traffic: ${formatNumber(total)} requests of ${slot} in this step, ${formatNumber(needed)} needed`
}

function toldCounts(memory: CountsMemory, parameters: CountsParameters, words: Words): string {
  const { candidate, live } = words
  const counts = `${candidate} answered ${formatCounts(memory.candidate)} requests ${words.bad}`
  const blue = `${live} ${formatCounts(memory.live)}`
  if (memory.inStep.against === 'record') {
    const { rate } = referenceRate(memory, parameters)
    return `${counts}, ${blue} while it had traffic, which allows ${formatShare(rate ?? 1)}`
  }
  return `${counts}, ${blue}`
}

function toldNull({ inStep }: CountsMemory, { tolerance, threshold }: CountsParameters): string {
  if (inStep.against === 'record') return 'that'
  if (inStep.against === 'threshold') return `${formatShare(threshold ?? 1)} allowed`
  return tolerance === 1 ? 'equal' : `${formatNumber(tolerance)} times as many`
}
