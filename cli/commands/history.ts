import type { RolloutSummary } from '../../core/model/rollout.ts'
import { revisionName } from '../../core/model/slot.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findState } from '../lookup.ts'
import type { Output } from '../output.ts'
import { summaryShape } from '../shapes.ts'
import { statusStyle } from '../view/rollout-block.ts'
import { table } from '../view/table.ts'
import { shownDuration, shownTime } from '../view/text.ts'

const LIMIT = 10

export const history: Command = {
  name: 'history',
  describe: 'the latest rollouts of a canary, newest first',
  details: 'Records of ended rollouts are kept for keepRecords of the definition.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  options: [
    { flags: '-n, --limit <count>', describe: `how many attempts back; ${LIMIT} unless told` },
  ],
  examples: [
    { what: 'The last ten', type: 'sluice history web' },
    {
      what: 'Why the last hundred failed back',
      type: `sluice history web -n 100 --json | jq -r '.rollouts[] | select(.outcome == "failed-back") | .reason'`,
    },
  ],
  async run(container, input, output) {
    const canary = input.argument('canary')
    const limit = input.count('limit') ?? LIMIT
    const { attempt } = await findState(container, canary)
    const lists = await container.lists()
    const rollouts = attempt === 0 ? [] : await lists.rollouts(canary, attempt, limit)
    const now = container.clock.now()
    output.result({ canary, rollouts: rollouts.map(summaryShape) }, () =>
      rollouts.length === 0 ? [`${canary} has no rollouts yet`] : lines(output, rollouts, now),
    )
    return EXIT.done
  },
}

function lines(output: Output, rollouts: readonly RolloutSummary[], now: number): string[] {
  return table(
    output,
    [
      { title: 'ROLLOUT', text: ({ rollout }) => rollout, style: () => 'bold' },
      {
        title: 'STATUS',
        text: ({ status }) => status,
        style: ({ status }) => statusStyle(status),
      },
      // The weight is back at the baseline's once it has failed back; the step stays.
      { title: 'STEP', text: ({ step }) => String(step), right: true },
      { title: 'REVISION', text: ({ revision }) => revisionName(revision), least: 10 },
      { title: 'STARTED (UTC)', text: ({ startedAt }) => shownTime(startedAt) },
      {
        title: 'TOOK',
        text: ({ startedAt, endedAt }) => shownDuration((endedAt ?? now) - startedAt),
        right: true,
      },
      { title: 'WHY', text: ({ reason }) => reason, style: () => 'dim', least: 10 },
    ],
    rollouts,
  )
}
