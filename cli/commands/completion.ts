import type { Command } from '../command.ts'
import { SHELLS, scriptOf } from '../completion/scripts.ts'
import { UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'

/** @param commands all of them, this one included: asked when it runs. */
export const completionOf = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  describe: 'a script that lets your shell complete commands and canaries',
  arguments: [{ name: 'shell', describe: SHELLS.join(', '), choices: SHELLS }],
  examples: [
    { what: 'bash, from the next shell on', type: 'sluice completion bash >> ~/.bashrc' },
    { what: 'zsh', type: 'sluice completion zsh > ~/.zfunc/_sluice' },
    {
      what: 'fish',
      type: 'sluice completion fish > ~/.config/fish/completions/sluice.fish',
    },
  ],
  async run(_container, input, output) {
    const typed = input.argument('shell')
    const shell = SHELLS.find((one) => one === typed)
    if (!shell)
      throw new UsageError(`there is no completion for "${typed}"; use ${SHELLS.join(', ')}`)
    const script = scriptOf(shell, commands())
    output.result({ shell, script }, () => [script])
    return EXIT.done
  },
})
