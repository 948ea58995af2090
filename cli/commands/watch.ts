import { type CanaryState, rolloutId } from '../../core/model/canary-state.ts'
import type { Command } from '../command.ts'
import type { Container } from '../container.ts'
import { EXIT } from '../exit-codes.ts'
import { awaitState } from '../follow/follow.ts'
import { follow } from '../follow/index.ts'
import { createFollowView } from '../follow/view.ts'
import { findRollout, isRolloutId, unknownCanary } from '../lookup.ts'

export const watch: Command = {
  name: 'watch',
  describe: 'follow a rollout as it goes, until its end',
  details:
    'Of a canary, shows the active rollout; if none is active it waits for the next one. Of a rollout, shows that one, also when it has ended. Ends with the rollout, with 0 if it was promoted and 1 if it failed back. Ctrl-C ends the watching and not the rollout.',
  arguments: [{ name: 'canary', describe: 'the canary’s name, or a rollout’s', kind: 'canary' }],
  examples: [
    { what: 'Follow the rollout of web', type: 'sluice watch web' },
    { what: 'That one, and no later one', type: 'sluice watch web-12' },
    {
      what: 'One JSON document a line, whenever something has changed',
      type: 'sluice watch web --json | jq -c "{status, achieved}"',
    },
  ],
  async run(container, input, output) {
    const named = input.argument('canary')
    const store = await container.store()
    const state = await store.readState(named)
    if (!state) return follow(container, output, await rolloutNamed(container, named))
    const { canary } = state
    if (isActive(state)) return follow(container, output, { canary, attempt: state.attempt })

    const interruption = container.surroundings.interruption()
    const view = await createFollowView(output, container.surroundings)
    const last =
      state.lastRollout === undefined ? '' : ` (${state.lastRollout} ended ${state.lastOutcome})`
    const told = () =>
      `no rollout of ${canary} is active${last}; waiting for the next one, Ctrl-C ends the waiting`
    const next = await awaitState(container, canary, isActive, view, told, interruption).finally(
      () => view.close(),
    )
    if (!next) return EXIT.interrupted
    output.print(`${rolloutId(canary, next.attempt)} begins`)
    return follow(container, output, { canary, attempt: next.attempt })
  },
}

async function rolloutNamed(container: Container, named: string) {
  if (!isRolloutId(named)) throw await unknownCanary(container, named)
  const { canary, attempt } = await findRollout(container, named)
  return { canary, attempt }
}

function isActive(state: CanaryState): boolean {
  return state.activeRollout !== undefined
}
