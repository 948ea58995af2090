import { UnknownCanaryError } from '../../core/errors.ts'
import { revisionName } from '../../core/model/slot.ts'
import type { PlannedRollout, PlannedStep } from '../../core/use-cases/plan-rollout.ts'
import { callersReach } from '../aws-ports.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { unknownCanary } from '../lookup.ts'
import type { Output } from '../output.ts'
import { time } from '../shapes.ts'
import { table } from '../view/table.ts'
import { shownDuration, shownPercent, shownTime } from '../view/text.ts'

export const plan: Command = {
  name: 'plan',
  describe: 'the next rollout as it would go, step by step; changes nothing',
  details:
    'It reads the definition, both services and the routing as they are now: the weights that the router can have, what a step\nwaits for, which functions would be called, and when the rollout would be promoted if it began now and nothing held it up.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  examples: [
    { what: 'What would a rollout of web do?', type: 'sluice plan web' },
    { what: 'Its weights, for a script', type: 'sluice plan web --json | jq ".steps[].achieved"' },
  ],
  async run(container, input, output) {
    const { planRollout } = await import('../../core/use-cases/plan-rollout.ts')
    const canary = input.argument('canary')
    const [store, reachOf] = await Promise.all([container.store(), callersReach(container)])
    const ports = { clock: container.clock, store, reachOf }
    const planned = await planRollout(ports, canary).catch(async (error) => {
      throw error instanceof UnknownCanaryError ? await unknownCanary(container, canary) : error
    })
    const now = container.clock.now()
    output.result(planShape(planned), () => planLines(output, planned, now))
    return EXIT.done
  },
}

/** Times as people and other programs read them. */
function planShape({ steps, earliestEnd, ...planned }: PlannedRollout) {
  return {
    ...planned,
    steps: steps.map(({ from, tasks, ...step }) => ({
      ...step,
      from: time(from),
      tasks: tasks ?? null,
    })),
    earliestEnd: time(earliestEnd),
  }
}

function planLines(output: Output, planned: PlannedRollout, now: number): string[] {
  const { paint } = output
  const { live, candidate, baseline, earliestEnd } = planned
  return [
    `${paint('bold', planned.rollout)} would move traffic from ${paint(live, live)} to ${paint(candidate, candidate)}, which is meant to run ${revisionName(planned.revision)} now`,
    `at ${planned.place}, where blue has ${baseline.blue} and green ${baseline.green}: what a fail back restores`,
    '',
    ...table<PlannedStep>(
      output,
      [
        { title: 'STEP', text: ({ step }) => String(step), right: true },
        { title: 'WEIGHT', text: ({ weight }) => shownPercent(weight), right: true },
        { title: 'ACHIEVED', text: ({ achieved }) => shownPercent(achieved), right: true },
        {
          title: 'BLUE : GREEN',
          text: ({ weights }) => `${weights.blue} : ${weights.green}`,
          right: true,
        },
        { title: 'FROM', text: ({ from }) => `+${shownDuration(from - now)}`, right: true },
        { title: 'BAKE', text: ({ bake }) => shownDuration(bake * 1_000), right: true },
        {
          title: 'TASKS',
          text: ({ tasks }) => (tasks === undefined ? '' : String(tasks)),
          right: true,
        },
        { title: 'NOTE', text: ({ notes }) => notes.join('; '), style: () => 'yellow', least: 20 },
      ],
      planned.steps,
    ),
    '',
    `promoted in ${shownDuration(earliestEnd - now)} at the earliest, at ${shownTime(earliestEnd)} UTC, if it began now`,
    `every ${shownDuration(planned.interval * 1_000)} it looks at ${planned.checks.map(shownCheck).join(', ')}`,
    ...(planned.calls.length === 0 ? [] : ['', 'It would call:']),
    ...planned.calls.map((call) => `  ${call.when}: ${call.name} (${call.function})`),
    ...(planned.notes.length === 0 ? [] : ['', 'To be known:']),
    ...planned.notes.map((note) => `  ${note}`),
  ]
}

function shownCheck({ name, type, effect }: PlannedRollout['checks'][number]): string {
  const kind = name === type ? name : `${name} (${type})`
  return effect === 'required' ? kind : `${kind}, ${effect}`
}
