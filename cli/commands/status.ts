import { type CanaryState, candidateOf } from '../../core/model/canary-state.ts'
import type { Rollout } from '../../core/model/rollout.ts'
import { revisionName, SLOTS } from '../../core/model/slot.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findState, latestRollout } from '../lookup.ts'
import type { Output } from '../output.ts'
import { rolloutShape, stateShape } from '../shapes.ts'
import { rolloutBlock } from '../view/rollout-block.ts'

export const status: Command = {
  name: 'status',
  describe: 'how a canary stands: live slot, rollout, checks',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  examples: [
    { what: 'How does web stand?', type: 'sluice status web' },
    {
      what: 'For a script: idle, baking, holding, …',
      type: 'sluice status web --json | jq -r .status',
    },
  ],
  async run(container, input, output) {
    const state = await findState(container, input.argument('canary'))
    const rollout = await latestRollout(container, state)
    const now = container.clock.now()
    output.result(statusShape(state, rollout, now), () => statusLines(output, state, rollout, now))
    return EXIT.done
  },
}

/** `status`: the active rollout's, or `idle`. `rollout`: the active one, or the last. */
export function statusShape(state: CanaryState, rollout: Rollout | undefined, now: number) {
  const active = state.activeRollout !== undefined
  return {
    ...stateShape(state),
    status: active ? (rollout?.status ?? 'preparing') : 'idle',
    rollout: rollout ? rolloutShape(rollout, now) : null,
  }
}

function statusLines(
  output: Output,
  state: CanaryState,
  rollout: Rollout | undefined,
  now: number,
): string[] {
  const { paint } = output
  const live = paint(state.live, state.live)
  const candidate = candidateOf(state)
  const idle = state.activeRollout === undefined ? 'idle' : 'the candidate'
  return [
    `${paint('bold', state.canary)}: ${live} is live, ${paint(candidate, candidate)} is ${idle}`,
    ...waiting(state),
    '',
    ...(rollout ? rolloutBlock(output, rollout, now) : nothingYet(output, state)),
  ]
}

function waiting(state: CanaryState): string[] {
  if (state.waitingRevision !== undefined) {
    return [`${revisionName(state.waitingRevision)} waits for this rollout’s end`]
  }
  return state.triggered || state.activeRollout !== undefined
    ? []
    : ['armed: the next task of the idle slot starts a rollout']
}

function nothingYet({ paint }: Output, state: CanaryState): string[] {
  return [
    ...SLOTS.map((slot) => `  ${paint(slot, slot.padEnd(5))}  ${state.services[slot]}`),
    '',
    state.activeRollout === undefined ? 'no rollout yet' : `${state.activeRollout} is starting`,
  ]
}
