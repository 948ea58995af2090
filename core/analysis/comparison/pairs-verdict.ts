import type { PairsMemory } from '../../model/check-memory.ts'
import { toldIrregularities } from './accepted-windows.ts'
import { logEvidence } from './capital.ts'
import type { Look } from './counts-comparison.ts'
import { type Answer, refuted, type Words } from './counts-verdict.ts'
import type { PairsParameters } from './pairs-comparison.ts'
import { formatNumber, formatOdds } from './wording.ts'

/** Beyond it a likelihood ratio is no number of DynamoDB. */
const MOST_ODDS = 1e100

/**
 * What the evidence says now: fail at `1 / alpha`, pass with enough windows in this very step, inconclusive else.
 *
 * @param words `bad` names the value, as in `p99 latency`.
 */
export function answerOfPairs(
  memory: PairsMemory,
  parameters: PairsParameters,
  look: Look,
  words: Words,
): Answer {
  const limit = -Math.log(parameters.alpha)
  const failed = refuted(memory, parameters)
  const logOdds = failed ? memory.peak : logEvidence(memory.capital)
  const open = failed ? undefined : openQuestion(memory, parameters, look, words)
  const told = `${toldPairs(memory, parameters, words)}; evidence ${formatOdds(logOdds)} against no worse (limit ${formatOdds(limit)})`
  const notes = toldIrregularities(memory.irregularities)
  const { newest } = memory.inStep
  return {
    kind: failed ? 'fail' : open ? 'inconclusive' : 'pass',
    reason: open ? `${open.reason}; ${told}${notes}` : `${told}${notes}`,
    numbers: {
      worse: memory.worse,
      windows: memory.worse + memory.others,
      stepWindows: memory.inStep.windows,
      ...(newest ? { candidate: newest.candidate, reference: newest.reference } : {}),
      evidence: Math.min(MOST_ODDS, Math.exp(logOdds)),
      limit: 1 / parameters.alpha,
      ...memory.irregularities,
    },
    window: { from: memory.since, to: memory.readUntil },
    ...(open?.tooLittle ? { tooLittle: true } : {}),
  }
}

function openQuestion(
  { inStep }: PairsMemory,
  { minimumWindows, staleAfter }: PairsParameters,
  { now }: Look,
  words: Words,
): { readonly reason: string; readonly tooLittle?: true } | undefined {
  if (inStep.answeredAt === undefined) {
    return { reason: `no data of ${words.candidate} in this step` }
  }
  const silent = Math.floor((now - inStep.answeredAt) / 1000)
  if (silent > staleAfter) {
    return { reason: `no data of ${words.candidate} for ${formatNumber(silent)} s` }
  }
  if (inStep.against === 'nothing') {
    return {
      reason: `${words.live} has no ${words.bad} to compare with and too short a record of it; set "threshold" for that`,
    }
  }
  if (inStep.windows < minimumWindows) {
    return {
      reason: `too little to judge: ${inStep.windows} windows in this step, ${minimumWindows} needed`,
      tooLittle: true,
    }
  }
  return undefined
}

function toldPairs(memory: PairsMemory, { margin }: PairsParameters, words: Words): string {
  const { against } = memory.inStep
  const windows = memory.worse + memory.others
  const than =
    against === 'threshold'
      ? 'the threshold'
      : against === 'record'
        ? `${words.live}'s highest`
        : `${words.live}'s`
  const by =
    against === 'threshold' || margin === 0 ? '' : ` by over ${formatNumber(margin * 100)} %`
  return `${words.candidate}'s ${words.bad} was above ${than}${by} in ${memory.worse} of ${windows} windows`
}
