import type { Container } from './container.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Output } from './output.ts'

/** What an argument or an option's value is: shells complete the first two by asking for the names. */
export type ValueKind = 'canary' | 'rollout' | 'file' | 'text'

export interface ArgumentSpec {
  /** As help shows it, without brackets: `canary`. */
  readonly name: string
  readonly describe: string
  readonly kind?: ValueKind
  readonly choices?: readonly string[]
  readonly optional?: true
  /** Takes whatever follows; last one only. */
  readonly variadic?: true
}

export interface OptionSpec {
  /** `--reason <text>`, or `--full` for a switch; a short one before it: `-n, --limit <count>`. */
  readonly flags: string
  readonly describe: string
  readonly kind?: ValueKind
  readonly choices?: readonly string[]
  readonly default?: string
  /** Given more than once it is a list. */
  readonly repeated?: true
}

export interface Example {
  /** What it does, in a few words. */
  readonly what: string
  /** As typed, `sluice` included. */
  readonly type: string
}

/** What was typed after the command's name. Names are those of the specs: `canary`, `reason` of `--reason <text>`. */
export interface Input {
  /** @throws {TypeError} for an argument that the command does not have, or that is optional and absent. */
  readonly argument: (name: string) => string
  readonly optional: (name: string) => string | undefined
  readonly option: (name: string) => string | undefined
  readonly list: (name: string) => readonly string[]
  readonly flag: (name: string) => boolean
  /** @throws {UsageError} for what is no whole number from `min`. */
  readonly count: (name: string, min?: number) => number | undefined
}

/**
 * One command of `sluice`. Its file is loaded whatever is typed, so it imports at its top what is small; libraries and AWS
 * clients it imports when it runs (`await import(…)`, or through the container).
 */
export interface Command {
  readonly name: string
  /** A line of the list of commands; begins small and ends without a full stop. */
  readonly describe: string
  /** More of it, for its own help. */
  readonly details?: string
  readonly arguments?: readonly ArgumentSpec[]
  readonly options?: readonly OptionSpec[]
  readonly examples: readonly Example[]
  /** Whatever it throws is told by `tellError`. */
  readonly run: (container: Container, input: Input, output: Output) => Promise<ExitCode>
}
