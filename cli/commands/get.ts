import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { unknownCanary } from '../lookup.ts'

export const get: Command = {
  name: 'get',
  describe: 'a canary’s definition, as it stands in the table',
  details:
    'Prints YAML that sluice apply takes again, or the record as JSON. Defaults are not filled in: it is what was written.',
  arguments: [{ name: 'canary', describe: 'the canary’s name', kind: 'canary' }],
  examples: [
    { what: 'Into a file, to be changed and applied', type: 'sluice get web > web.yaml' },
    { what: 'A field of it', type: 'sluice get web --json | jq .definition.plan' },
  ],
  async run(container, input, output) {
    const canary = input.argument('canary')
    const definitions = await container.definitions()
    const written = await definitions.read(canary)
    if (!written) throw await unknownCanary(container, canary)
    const { definition, owner } = written
    const { stringify } = await import('../view/yaml.ts')
    output.result({ canary, owner: owner ?? null, definition }, () => [
      ...(owner === undefined ? [] : [`# of the stack ${owner}: change it there`]),
      stringify(definition, { lineWidth: 0 }),
    ])
    return EXIT.done
  },
}
