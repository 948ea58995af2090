import type { Rollout } from '../../core/model/rollout.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findRollout } from '../lookup.ts'
import type { Output } from '../output.ts'
import { entryShape, rolloutShape, signalShape } from '../shapes.ts'
import { entryLines } from '../view/entry-line.ts'
import { rolloutBlock } from '../view/rollout-block.ts'
import { shownTime } from '../view/text.ts'

export const show: Command = {
  name: 'show',
  describe: 'one rollout: its timeline with who and why, and its last evidence',
  arguments: [
    {
      name: 'rollout',
      describe: 'its name, <canary>-<number>; sluice history lists them',
      kind: 'rollout',
    },
  ],
  examples: [
    { what: 'What happened in the twelfth rollout of web?', type: 'sluice show web-12' },
    {
      what: 'Who did what',
      type: `sluice show web-12 --json | jq -r '.timeline[] | [.at, .who, .what] | @tsv'`,
    },
  ],
  async run(container, input, output) {
    const rollout = await findRollout(container, input.argument('rollout'))
    const now = container.clock.now()
    output.result(showShape(rollout, now), () => lines(output, rollout, now))
    return EXIT.done
  },
}

/** `show`: the rollout as `status` has it, with its timeline and signals. */
export function showShape(rollout: Rollout, now: number) {
  return {
    ...rolloutShape(rollout, now),
    baseline: rollout.baseline ?? null,
    looks: rollout.looks,
    signals: Object.values(rollout.signals).map(signalShape),
    timeline: rollout.timeline.map(entryShape),
  }
}

function lines(output: Output, rollout: Rollout, now: number): string[] {
  const { paint } = output
  return [
    ...rolloutBlock(output, rollout, now),
    '',
    `${paint('bold', 'Timeline')} ${paint('dim', `from ${shownTime(rollout.startedAt)} UTC`)}`,
    '',
    ...rollout.timeline.flatMap((entry) => entryLines(output, entry, rollout.canary)),
  ]
}
