import type { ArgumentSpec, Command, OptionSpec, ValueKind } from '../command.ts'
import { SHARED_OPTIONS } from '../shared-options.ts'

export interface Candidate {
  readonly value: string
  readonly describe: string
}

/** Names that only AWS knows; empty where it does not answer. */
export type NamesOf = (kind: Extract<ValueKind, 'canary' | 'rollout'>) => Promise<readonly string[]>

/**
 * What may stand where the cursor is.
 * @param words what was typed after `sluice`, up to the cursor; the last one is what is being typed, and may be empty.
 */
export async function complete(
  commands: readonly Command[],
  words: readonly string[],
  namesOf: NamesOf,
): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const all = await candidates(commands, before, typed, namesOf)
  return all.filter(({ value }) => value.startsWith(typed))
}

async function candidates(
  commands: readonly Command[],
  before: readonly string[],
  typed: string,
  namesOf: NamesOf,
): Promise<readonly Candidate[]> {
  const { command, given, awaited, unknown } = walk(commands, before)
  if (unknown) return []
  if (awaited) {
    if (awaited.choices) return awaited.choices.map((value) => ({ value, describe: '' }))
    return named(awaited.kind, namesOf)
  }
  if (typed.startsWith('-')) return optionsOf(command)
  if (!command) return commands.map(({ name, describe }) => ({ value: name, describe }))
  const argument = argumentAt(command.arguments ?? [], given)
  if (argument?.choices) return argument.choices.map((value) => ({ value, describe: '' }))
  return argument ? named(argument.kind, namesOf) : []
}

/** Which command the words name, how many arguments it has by now, and the option that waits for its value. */
function walk(commands: readonly Command[], words: readonly string[]) {
  let command: Command | undefined
  let given = 0
  let awaited: OptionSpec | undefined
  let unknown = false
  for (const word of words) {
    if (awaited) {
      awaited = undefined
    } else if (word.startsWith('-')) {
      const option = [...(command?.options ?? []), ...SHARED_OPTIONS].find(({ flags }) =>
        namesIn(flags).includes(word),
      )
      awaited = option?.flags.includes('<') ? option : undefined
    } else if (command) {
      given += 1
    } else {
      command = commands.find(({ name }) => name === word)
      unknown ||= command === undefined
    }
  }
  return { command, given, awaited, unknown }
}

function argumentAt(specs: readonly ArgumentSpec[], given: number): ArgumentSpec | undefined {
  return specs[given] ?? (specs.at(-1)?.variadic ? specs.at(-1) : undefined)
}

function optionsOf(command: Command | undefined): Candidate[] {
  const specs = [...(command?.options ?? []), ...SHARED_OPTIONS]
  return [
    ...specs.map(({ flags, describe }) => ({ value: namesIn(flags).at(-1) ?? '', describe })),
    { value: '--help', describe: 'what it does, with examples' },
  ]
}

/** `-n, --limit <count>` → `-n` and `--limit`. */
function namesIn(flags: string): string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'))
}

async function named(kind: ValueKind | undefined, namesOf: NamesOf): Promise<Candidate[]> {
  if (kind !== 'canary' && kind !== 'rollout') return []
  const names = await namesOf(kind)
  return names.map((value) => ({ value, describe: '' }))
}
