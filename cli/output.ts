import { styleText } from 'node:util'
import type { Surroundings } from './surroundings.ts'

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/** Where results go: to people as lines, with `--json` to machines as one documented document. */
export interface Output {
  readonly json: boolean
  /** Standard output is a terminal that can be drawn on. */
  readonly live: boolean
  /** Width of the terminal; of no terminal, wide enough for everything. */
  readonly columns: number
  /** Colours, where standard output shows them. */
  readonly paint: Paint
  /** The same for standard error. */
  readonly paintNote: Paint
  /** The command's result: `shape` with `--json`, else the lines. */
  result(shape: unknown, lines: () => readonly string[]): void
  /** One line of JSON, of a command that gives many; nothing without `--json`. */
  jsonLine(shape: unknown): void
  /** Lines for people; nothing with `--json`. */
  print(...lines: readonly string[]): void
  /** Lines for people beside the result, to standard error. */
  note(...lines: readonly string[]): void
}

/** Of a pipe or a file: whoever reads it can cut lines by itself. */
const UNLIMITED = 100_000

export function createOutput(
  { stdout, stderr, env }: Pick<Surroundings, 'stdout' | 'stderr' | 'env'>,
  { json }: { readonly json: boolean },
): Output {
  const dumb = env.TERM === 'dumb'
  const painter = (terminal: boolean): Paint => {
    const colours = !env.NO_COLOR && (isForced(env.FORCE_COLOR) || (terminal && !dumb))
    return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text)
  }
  const terminal = stdout.isTTY === true
  const write = (text: string) => stdout.write(text)
  return {
    json,
    live: terminal && !dumb && !json,
    // A pseudo-terminal may say 0.
    columns: terminal ? stdout.columns || 80 : UNLIMITED,
    paint: painter(terminal),
    paintNote: painter(stderr.isTTY === true),
    result(shape, lines) {
      if (json) write(`${JSON.stringify(shape, undefined, 2)}\n`)
      else write(lines().map(ended).join(''))
    },
    jsonLine(shape) {
      if (json) write(`${JSON.stringify(shape)}\n`)
    },
    print(...lines) {
      if (!json) write(lines.map(ended).join(''))
    },
    note: (...lines) => void stderr.write(lines.map(ended).join('')),
  }
}

/** @see https://force-color.org */
function isForced(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0'
}

const ended = (line: string) => `${line.trimEnd()}\n`
