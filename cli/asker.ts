import type { Container } from './container.ts'
import { UsageError } from './errors.ts'

/** A person at the keyboard. */
export interface Asker {
  confirm(question: string): Promise<boolean>
  choose<Value>(question: string, options: readonly Choice<Value>[]): Promise<Value>
  text(question: string, suggested: string): Promise<string>
}

export interface Choice<Value> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

/** Ctrl-C at a question: nothing was done. */
export class CancelledError extends Error {}

/**
 * Who answers questions.
 * @param instead what to type where nobody is there to be asked: `give --yes`.
 * @throws {UsageError} where standard input or output is no terminal.
 */
export async function askerOf(
  { surroundings }: Pick<Container, 'surroundings'>,
  question: string,
  instead: string,
): Promise<Asker> {
  if (surroundings.asker) return surroundings.asker
  if (!surroundings.interactive) {
    throw new UsageError(`${question} Nobody can be asked without a terminal; ${instead}`)
  }
  const prompts = await import('@clack/prompts')
  // Standard output is the result's.
  const output = process.stderr
  const answered = <Value>(answer: Value): Exclude<Value, symbol> => {
    if (typeof answer === 'symbol') throw new CancelledError('nothing was changed')
    return answer as Exclude<Value, symbol>
  }
  return {
    confirm: async (message) =>
      answered(await prompts.confirm({ message, output, initialValue: false })),
    async choose(message, choices) {
      const options = choices.map(({ label, hint }, value) => ({
        value,
        label,
        ...(hint === undefined ? {} : { hint }),
      }))
      const chosen = choices[answered(await prompts.select({ message, output, options }))]
      if (!chosen) throw new CancelledError('nothing was chosen')
      return chosen.value
    },
    text: async (message, suggested) =>
      answered(
        await prompts.text({ message, output, placeholder: suggested, defaultValue: suggested }),
      ),
  }
}
