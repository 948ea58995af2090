import type { ListedStrategy } from '../../core/model/strategies.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { shownDuration, shownPercent } from '../view/text.ts'

export const strategies: Command = {
  name: 'strategies',
  describe: 'the strategies that a definition may name, with their steps',
  details:
    'A strategy stands in a definition in place of a plan: by its name, or with numbers of its own. All of them are the same\nworkflow; they differ in their steps and in what is done around them.',
  examples: [
    { what: 'All of them, with their defaults', type: 'sluice strategies' },
    {
      what: 'In a definition, with another number',
      type: 'echo "strategy: { type: linear, step: 20 }" >> web.yaml',
    },
  ],
  async run(_container, _input, output) {
    const { STRATEGIES } = await import('../../core/model/strategies.ts')
    output.result({ strategies: STRATEGIES.map(strategyShape) }, () =>
      STRATEGIES.flatMap((one) => [...strategyLines(output, one), '']).slice(0, -1),
    )
    return EXIT.done
  },
}

function strategyShape({ name, what, numbers, parts }: ListedStrategy) {
  const { plan, testWindow = 0, scaleDown } = parts
  const steps = plan.map(({ weight, bake }) => ({ weight, bake }))
  return { name, what, numbers, steps, testWindow, scaleDown: scaleDown ?? null }
}

function strategyLines(
  { paint }: Pick<Output, 'paint'>,
  { name, what, numbers, parts }: ListedStrategy,
): string[] {
  const { plan, testWindow = 0, scaleDown } = parts
  const steps = plan.map(
    ({ weight, bake }) => `${shownPercent(weight)} for ${shownDuration(bake * 1_000)}`,
  )
  const told = Object.entries(numbers).map(([key, value]) => `${key}: ${value}`)
  return [
    `${paint('bold', name)}: ${what}`,
    ...(testWindow > 0 ? [`  ready without traffic for ${shownDuration(testWindow * 1_000)}`] : []),
    `  ${steps.join(' → ')}`,
    ...(scaleDown
      ? [
          `  then the old slot goes to ${scaleDown.to} tasks after ${shownDuration(scaleDown.after * 1_000)}`,
        ]
      : []),
    `  ${paint('dim', `strategy: { type: ${[name, ...told].join(', ')} }`)}`,
  ]
}
