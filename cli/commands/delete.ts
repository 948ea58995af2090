import { UnknownCanaryError } from '../../core/errors.ts'
import { askerOf } from '../asker.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { unknownCanary } from '../lookup.ts'
import { definitionPorts } from './apply.ts'

export const remove: Command = {
  name: 'delete',
  describe: 'remove a canary’s definition',
  details:
    'The canary’s services go on as they are, and its traffic stays where it is; tasks of its services start no rollouts any\nmore. Its state and the history of its rollouts stay. It is refused while a rollout is active, and for a definition that\na stack owns.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  options: [
    { flags: '--dry-run', describe: 'tell whether it would be refused, and remove nothing' },
    { flags: '-y, --yes', describe: 'do not ask' },
    { flags: '--take-over', describe: 'also where its stack is gone' },
  ],
  examples: [
    { what: 'Sluice lets go of web', type: 'sluice delete web' },
    { what: 'What a stack left behind that is gone', type: 'sluice delete web --take-over --yes' },
  ],
  async run(container, input, output) {
    const { deleteDefinition } = await import('../../core/use-cases/manage-definition.ts')
    const canary = input.argument('canary')
    const takeOver = input.flag('take-over')
    const ports = await definitionPorts(container)
    // Refused before anybody is asked.
    await deleteDefinition(ports, { canary, takeOver, dryRun: true }).catch(async (error) => {
      throw error instanceof UnknownCanaryError ? await unknownCanary(container, canary) : error
    })
    if (input.flag('dry-run')) {
      output.result({ canary, result: 'dry-run' }, () => [
        `${canary}: nothing speaks against the removal; nothing was removed`,
      ])
      return EXIT.done
    }
    if (!input.flag('yes')) {
      const question = `Remove the definition of ${canary}?`
      const asker = await askerOf(container, question, 'give --yes, or --dry-run')
      if (!(await asker.confirm(question))) {
        output.note('nothing was removed')
        return EXIT.refused
      }
    }
    const { reason } = await deleteDefinition(ports, { canary, takeOver })
    output.result({ canary, result: 'removed' }, () => [`${canary}: ${reason}`])
    return EXIT.done
  },
}
