import type { PairsMemory } from '../../model/check-memory.ts'
import { toldIrregularities } from './accepted-windows.ts'
import { oddsOf } from './capital.ts'
import type { Look } from './counts-comparison.ts'
import { type Answer, standing, type Words } from './counts-verdict.ts'
import { missingData, type OpenQuestion } from './open-question.ts'
import type { PairsParameters } from './pairs-comparison.ts'
import { formatNumber, formatOdds } from './wording.ts'

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
  const { failed, logOdds, limit } = standing(memory, parameters)
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
      evidence: oddsOf(logOdds),
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
): OpenQuestion | undefined {
  const missing = missingData(inStep, { staleAfter }, now, words.candidate)
  if (missing) return missing
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
