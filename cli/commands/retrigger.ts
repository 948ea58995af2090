import { type CanaryState, candidateOf } from '../../core/model/canary-state.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findState } from '../lookup.ts'

export const retrigger: Command = {
  name: 'retrigger',
  describe: 'roll the idle slot’s revision out again',
  details:
    'Sets Triggered to false in the table, as one may in the AWS console. If the idle service is steady, another attempt begins at once; otherwise with its next task that runs.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  examples: [
    {
      what: 'Another attempt, and see how it goes',
      type: 'sluice retrigger web && sluice watch web',
    },
  ],
  async run(container, input, output) {
    const canary = input.argument('canary')
    const store = await container.store()
    const seen = await findState(container, canary)
    // Decided on what stands when it is written: a rollout may begin in between.
    let answer = answerTo(seen)
    if (answer.kind === 'reset') {
      await store.amendState(
        canary,
        (state) => {
          answer = answerTo(state)
          return answer.kind === 'reset' ? { ...state, triggered: false } : state
        },
        seen,
      )
    }
    output.result({ canary, ...answer }, () => [
      answer.kind === 'refused' ? `refused: ${answer.reason}` : answer.reason,
    ])
    return answer.kind === 'refused' ? EXIT.refused : EXIT.done
  },
}

interface Answer {
  readonly kind: 'reset' | 'armed-already' | 'refused'
  readonly reason: string
}

function answerTo(state: CanaryState): Answer {
  const { canary, activeRollout } = state
  const slot = candidateOf(state)
  if (activeRollout !== undefined) {
    const reason = `${activeRollout} is active; wait for its end, or end it first: sluice abort ${canary}`
    return { kind: 'refused', reason }
  }
  if (!state.triggered) {
    const reason = `${canary} is armed already: the next task of ${slot} (${state.services[slot]}) that runs starts a rollout`
    return { kind: 'armed-already', reason }
  }
  return {
    kind: 'reset',
    reason: `Triggered is reset: what ${slot} (${state.services[slot]}) runs is rolled out again as soon as it is steady`,
  }
}
