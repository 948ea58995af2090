import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const schema: Command = {
  name: 'schema',
  describe: 'the JSON schema of definitions, for editors',
  details:
    'It is also in the repository, at docs/definition.schema.json. An editor that knows it completes fields, tells what\nthey mean, and marks what is wrong. What must hold between fields "sluice apply --dry-run" tells.',
  examples: [
    {
      what: 'Beside the definition, whose first line names it',
      type: 'sluice schema > sluice.json',
    },
    {
      what: 'That line, in YAML',
      type: 'echo "# yaml-language-server: \\$schema=./sluice.json" > web.yaml',
    },
  ],
  async run(_container, _input, output) {
    const { definitionJsonSchema } = await import('../../core/model/definition-json-schema.ts')
    const shape = definitionJsonSchema()
    output.result(shape, () => JSON.stringify(shape, undefined, 2).split('\n'))
    return EXIT.done
  },
}
