import { type CanaryState, candidateOf } from '../../core/model/canary-state.ts'
import type { RolloutSummary } from '../../core/model/rollout.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { stateShape, summaryShape } from '../shapes.ts'
import { statusStyle } from '../view/rollout-block.ts'
import { table } from '../view/table.ts'
import { shownPercent } from '../view/text.ts'

interface Listed {
  readonly state: CanaryState
  /** Of the active rollout only. */
  readonly rollout: RolloutSummary | undefined
}

export const list: Command = {
  name: 'list',
  describe: 'every canary of this account and region, and its rollout',
  examples: [
    { what: 'All of them', type: 'sluice list' },
    {
      what: 'Names of those that roll out now',
      type: 'sluice list --json | jq -r ".canaries[] | select(.activeRollout) | .canary"',
    },
  ],
  async run(container, _input, output) {
    const listed = await listCanaries(container)
    const canaries = listed.map(({ state, rollout }) => ({
      ...stateShape(state),
      status: statusOf({ state, rollout }),
      rollout: rollout ? summaryShape(rollout) : null,
    }))
    output.result({ canaries }, () => lines(output, listed))
    return EXIT.done
  },
}

async function listCanaries(container: Container): Promise<Listed[]> {
  const lists = await container.lists()
  const states = await lists.states()
  return Promise.all(
    states.map(async (state) => {
      const active = state.activeRollout !== undefined
      const [rollout] = active ? await lists.rollouts(state.canary, state.attempt, 1) : []
      return { state, rollout }
    }),
  )
}

function statusOf({ state, rollout }: Listed) {
  if (state.activeRollout === undefined) return 'idle'
  return rollout?.status ?? 'preparing'
}

function lines(output: Output, listed: readonly Listed[]): string[] {
  if (listed.length === 0) {
    return ['no canary is defined here; sluice init writes a definition, sluice apply defines it']
  }
  return table(
    output,
    [
      { title: 'CANARY', text: ({ state }) => state.canary, style: () => 'bold', least: 12 },
      { title: 'LIVE', text: ({ state }) => state.live, style: ({ state }) => state.live },
      {
        title: 'STATUS',
        text: statusOf,
        style: ({ rollout }) => (rollout ? statusStyle(rollout.status) : 'dim'),
      },
      {
        title: 'CANDIDATE',
        text: ({ rollout }) => (rollout ? shownPercent(rollout.achieved) : ''),
        right: true,
      },
      { title: 'ROLLOUT', text: ({ state }) => state.activeRollout ?? state.lastRollout ?? '' },
      {
        title: 'LAST OUTCOME',
        text: ({ state }) => state.lastOutcome ?? '',
        style: ({ state }) => (state.lastOutcome === 'failed-back' ? 'red' : undefined),
      },
      {
        title: 'IDLE SERVICE',
        text: ({ state }) => state.services[candidateOf(state)],
        style: () => 'dim',
        least: 12,
      },
    ],
    listed,
  )
}
