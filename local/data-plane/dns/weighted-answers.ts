import type { Answer as RecordAnswer } from '../../services/route53/answer.ts'
import { createWeightedChoice } from '../weighted-choice.ts'
import type { AddressType, Answer } from './server.ts'

/** Picks one of Route 53's weighted candidates at every question. */
export function weightedAnswers(
  answer: (name: string, type: AddressType) => RecordAnswer,
  random: () => number,
) {
  const choices = new Map<string, ReturnType<typeof createWeightedChoice>>()
  return (name: string, type: AddressType): Answer => {
    const found = answer(name, type)
    if (found.kind === 'no-data') return { kind: 'no-data' }
    if (found.kind !== 'records') return { kind: 'no-name' }
    const question = `${type} ${name.toLowerCase()}`
    const choose = choices.get(question) ?? createWeightedChoice(random)
    choices.set(question, choose)
    const chosen = choose(
      found.candidates.map(({ weight }, index) => ({ key: String(index), weight })),
    )
    const candidate = found.candidates[Number(chosen)]
    // A CNAME leads out of what this server knows how to answer.
    if (!candidate || found.type !== type) return { kind: 'no-data' }
    return { kind: 'found', ttl: found.ttl, addresses: candidate.values }
  }
}
