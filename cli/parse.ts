import { type Argument, CommanderError, Option, Command as Program } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import type { ArgumentSpec, Command, Input, OptionSpec } from './command.ts'
import type { CommandGroup } from './commands/index.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { commandHelp, programHelp } from './help.ts'
import { SHARED_OPTIONS, type SharedOptions } from './shared-options.ts'
import type { Surroundings } from './surroundings.ts'

export type Parsed =
  | {
      readonly kind: 'command'
      readonly command: Command
      readonly input: Input
      readonly shared: SharedOptions
    }
  /** Help, a version, or a mistake: told already. */
  | { readonly kind: 'answered'; readonly exit: ExitCode }

type Values = Readonly<Record<string, unknown>>

/** Takes a command line apart; a mistake in it is told on standard error, help on standard output. */
export async function parseCommandLine(
  argv: readonly string[],
  groups: readonly CommandGroup[],
  { stdout, stderr, env }: Pick<Surroundings, 'stdout' | 'stderr' | 'env'>,
): Promise<Parsed> {
  let chosen: Extract<Parsed, { kind: 'command' }> | undefined
  let told = ''
  const program = prepared(new Program('sluice'))
  program
    .version(manifest.version, '-V, --version', 'the version of sluice')
    .usage('<command> [options]')
    .helpOption('-h, --help', 'this text')
    .configureHelp({ subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => {
        told += text
        write(mistake(text))
      },
      getOutHelpWidth: () => helpWidth(stdout),
      getErrHelpWidth: () => 80,
      getOutHasColors: () => stdout.isTTY === true && !env.NO_COLOR,
    })
  program.addHelpText('after', () => programHelp())
  for (const { title, commands } of groups) {
    program.commandsGroup(`${title}:`)
    for (const command of commands) {
      addCommand(program, command, helpWidth(stdout), (input, values) => {
        chosen = { kind: 'command', command, input, shared: values }
      })
    }
  }
  try {
    await program.parseAsync(asHelp(hoisted(argv)), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (told !== '' && argv.includes('--json')) stdout.write(mistakeDocument(told))
    return { kind: 'answered', exit: error.exitCode === 0 ? EXIT.done : EXIT.usage }
  }
  if (chosen) return chosen
  return { kind: 'answered', exit: EXIT.usage }
}

function addCommand(
  program: Program,
  command: Command,
  width: number,
  choose: (input: Input, shared: SharedOptions) => void,
): void {
  const { name, describe, arguments: specs = [], options = [] } = command
  const sub = prepared(program.command(name).description(describe))
  for (const spec of specs) sub.addArgument(argumentOf(sub, spec))
  for (const spec of options) sub.addOption(optionOf(spec))
  sub.optionsGroup('Options of every command:')
  for (const spec of SHARED_OPTIONS) sub.addOption(optionOf(spec))
  sub.helpOption('-h, --help', 'this text')
  const { outputError } = sub.configureOutput()
  sub.configureOutput({
    outputError: (text, write) => outputError?.(withUsage(text, `sluice ${termOf(sub)}`), write),
  })
  sub.addHelpText('after', () => commandHelp(command, width))
  sub.action((...given: unknown[]) => {
    const values = sub.opts<Values>()
    choose(inputOf(command, given.slice(0, specs.length), values), values as SharedOptions)
  })
}

/** As wide as lines are read with ease, on a terminal that has the room. */
function helpWidth({ isTTY, columns }: Surroundings['stdout']): number {
  return isTTY ? Math.min(columns || 80, 120) : 80
}

/** Options before the command go behind it: `sluice --region eu-west-1 list` means what it says. */
function hoisted(argv: readonly string[]): string[] {
  const before: string[] = []
  let index = 0
  for (; index < argv.length; index++) {
    const word = argv[index] ?? ''
    const known = SHARED_OPTIONS.find(({ flags }) => flags.split(' ')[0] === word.split('=')[0])
    if (!known) break
    before.push(word)
    if (known.flags.includes('<') && !word.includes('=')) {
      index += 1
      const value = argv[index]
      if (value !== undefined) before.push(value)
    }
  }
  const [command, ...rest] = argv.slice(index)
  if (command === undefined || command.startsWith('-')) return [...argv]
  return [command, ...before, ...rest]
}

/** `sluice help watch` is what other tools know: `sluice watch --help`. */
function asHelp(argv: readonly string[]): string[] {
  const [command, ...rest] = argv
  return command === 'help' ? [...rest, '--help'] : [...argv]
}

/** `watch <canary>`, without the `[options]` that every command has. */
function termOf(program: Program): string {
  const specs = program.registeredArguments.map((one) =>
    one.required ? `<${one.name()}>` : `[${one.name()}]`,
  )
  return [program.name(), ...specs].join(' ')
}

function prepared(program: Program): Program {
  return program
    .exitOverride()
    .showHelpAfterError(false)
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .helpCommand(false)
}

/** `error: unknown option '--fll'` and a suggestion on a line of its own, as the command tells its other errors. */
function mistake(text: string): string {
  return text.replace(/^error: /, 'sluice: ')
}

/** What does not say by itself how it is typed gets that. */
function withUsage(text: string, usage: string): string {
  if (!/missing required argument|too many arguments/.test(text)) return text
  return `${text.trimEnd()}\n(Usage: ${usage})\n`
}

/** The same as a document, for whoever asked for one. */
function mistakeDocument(text: string): string {
  const [message = '', ...hints] = text
    .trimEnd()
    .replace(/^error: /, '')
    .split('\n')
  return `${JSON.stringify({ error: { code: 'usage', message, hints } })}\n`
}

function argumentOf(
  program: Program,
  { name, describe, choices, optional, variadic }: ArgumentSpec,
): Argument {
  const shown = variadic ? `${name}...` : name
  const argument = program.createArgument(optional ? `[${shown}]` : `<${shown}>`, describe)
  return choices ? argument.choices([...choices]) : argument
}

function optionOf({ flags, describe, choices, default: fallback, repeated }: OptionSpec): Option {
  const option = new Option(flags, describe)
  if (choices) option.choices([...choices])
  if (fallback !== undefined) option.default(fallback)
  if (repeated) {
    option.argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      value,
    ])
  }
  return option
}

function inputOf(command: Command, given: readonly unknown[], values: Values): Input {
  const byName = new Map(
    (command.arguments ?? []).map(({ name }, index) => [name, given[index]] as const),
  )
  const value = (name: string) => values[camelCase(name)]
  const text = (name: string) => {
    const found = value(name)
    return typeof found === 'string' ? found : undefined
  }
  return {
    argument(name) {
      const found = byName.get(name)
      if (typeof found === 'string') return found
      throw new TypeError(`${command.name} has no argument "${name}"`)
    },
    optional(name) {
      const found = byName.get(name)
      return typeof found === 'string' ? found : undefined
    },
    option: text,
    list(name) {
      const found = byName.get(name) ?? value(name) ?? []
      return Array.isArray(found) ? found.map(String) : [String(found)]
    },
    flag: (name) => value(name) === true,
    count(name, min = 1) {
      const found = text(name)
      if (found === undefined) return undefined
      const number = Number(found)
      if (/^\d+$/.test(found) && Number.isSafeInteger(number) && number >= min) return number
      throw new UsageError(`--${name} is "${found}"; use a whole number from ${min}`)
    },
  }
}

/** As the parser names an option's value: `endpoint-url` → `endpointUrl`. */
function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
