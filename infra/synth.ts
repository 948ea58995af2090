import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { FunctionBundle } from './bundling/bundle-functions.ts'
import { PACES, type Pace } from './example/paces.ts'
import { checkTarget, ForeignDirectoryError, replaceAssembly } from './replace-assembly.ts'
import { STACK_NAME } from './stack-name.ts'

const MOST_KILOBYTES = 350
const REPORT = 'validation-report.json'

const HELP = `Synthesizes the stack ${STACK_NAME} with its functions' code, and the example environments.
Needs no AWS account.

  npm run synth -- [--output <directory>] [--pace minutes|seconds] [--canaries <number>]

  --output, -o  where to; cdk.out unless told
  --pace        of the examples' rollouts: minutes, as on AWS, unless told; seconds are for local AWS
  --canaries    in each of the example environments; 1 unless told
  --help, -h    this text
`

/** For what the person at the keyboard can mend: told in one line, without a stack. */
class UsageError extends Error {}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        output: { type: 'string', short: 'o' },
        pace: { type: 'string', default: 'minutes' },
        canaries: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.output === '') throw new UsageError('--output is empty; give a directory')
    return { ...values, pace: paceOf(values.pace), canaries: countOf(values.canaries) }
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error
  }
}

function paceOf(text: string): Pace {
  const found = PACES.find((pace) => pace === text)
  if (found) return found
  throw new UsageError(`--pace is "${text}"; use ${PACES.join(' or ')}`)
}

/** A listener has 100 rules. */
const MOST_CANARIES = 100

function countOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_CANARIES) return count
  throw new UsageError(`--canaries is "${text}"; use a whole number from 1 to ${MOST_CANARIES}`)
}

/** Bundles and synthesizes into `output`, which is left as it was if anything fails. */
export async function synthesize(
  output: string,
  example: { readonly pace: Pace; readonly canaries: number },
): Promise<readonly FunctionBundle[]> {
  checkTarget(output)
  // Loaded only now: whoever asks for help or mistypes an option does not wait for CDK.
  const { createApp } = await import('./app.ts')
  const { bundleFunctions, ROOT } = await import('./bundling/bundle-functions.ts')
  const work = mkdtempSync(join(tmpdir(), 'sluice-synth-'))
  try {
    const bundles = await bundleFunctions(ROOT, join(work, 'bundles'))
    createApp(bundles, { ...example, outdir: join(work, 'assembly') }).synth()
    // What was found is told while it is found; the report has this machine's paths in it.
    rmSync(join(work, 'assembly', REPORT), { force: true })
    replaceAssembly(join(work, 'assembly'), output)
    return Object.values(bundles)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function line(bundle: FunctionBundle): string {
  const { name, startBytes, onDemandBytes } = bundle
  const size = `${kilobytes(bytesOf(bundle))} kB`.padStart(8)
  return `${name.padEnd(10)} ${size}   ${kilobytes(startBytes)} kB at start + ${kilobytes(onDemandBytes)} kB while traced`
}

/** All of a function's code: with tracing on, as the template has it, it is all loaded. */
function bytesOf({ startBytes, onDemandBytes }: FunctionBundle): number {
  return startBytes + onDemandBytes
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(0)
}

async function main(args: readonly string[]): Promise<number> {
  const { help, output = join(import.meta.dirname, '..', 'cdk.out'), ...example } = parse(args)
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  const bundles = await synthesize(resolve(output), example)
  for (const bundle of bundles) process.stdout.write(`${line(bundle)}\n`)
  const large = bundles.filter((bundle) => bytesOf(bundle) > MOST_KILOBYTES * 1_000)
  for (const bundle of large) {
    process.stderr.write(
      `${bundle.name} is ${kilobytes(bytesOf(bundle))} kB, more than ${MOST_KILOBYTES} kB: connect fewer ports, or find what it imports\n`,
    )
  }
  return large.length > 0 ? 1 : 0
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    if (!isMendable(error)) throw error
    process.stderr.write(`synth: ${error.message}\n`)
    process.exitCode = 2
  }
}

/** A directory that is not ours or cannot be written, and the like: the message names the path. */
function isMendable(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof ForeignDirectoryError) return true
  return error instanceof Error && 'code' in error && 'path' in error
}
