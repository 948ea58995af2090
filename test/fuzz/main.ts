import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { TARGETS } from './targets/index.ts'
import type { FuzzAnswer, FuzzWork } from './worker.ts'

const names = Object.keys(TARGETS)

const HELP = `Usage: npm run fuzz -- [--inputs N] [--from S] [--of ${names.join(' | ')}]

Feeds the parsing of events, of definitions and of requests to local AWS with inputs of a grammar and with mutations of
real ones. Exits with 1 if one is not answered as it should be, or not within ${10} seconds.

  --inputs  how many, over all targets (1000000)
  --from    seed of the first one; each further input has the next (1)
  --of      one target only
  --help    this text`

const HANGS_AFTER_MS = 10_000

function refuse(reason: string): never {
  console.error(`${reason}; see npm run fuzz -- --help`)
  process.exit(2)
}

function readOptions() {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      options: { inputs: text, from: text, of: text, help: { type: 'boolean' } },
      strict: true,
    }).values
  } catch (error) {
    return refuse(String(error instanceof Error ? error.message : error))
  }
}

function wholeNumber(name: string, text: string | undefined, without: number): number {
  const value = Number(text ?? without)
  if (Number.isSafeInteger(value) && value >= 1) return value
  return refuse(`--${name} is "${text}", use a whole number from 1 on`)
}

/** Runs one target to its end, or until it hangs. @returns what is to be told of failures. */
function run(target: string, inputs: number, from: number): Promise<readonly string[]> {
  const shared = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)
  const progress = new BigInt64Array(shared)
  const workerData: FuzzWork = { target, inputs, from, progress: shared }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    env: { ...process.env, AWS_REGION: 'us-east-1' },
  })
  const replay = (seed: number | bigint) =>
    `again with: npm run fuzz -- --of ${target} --inputs 1 --from ${seed}`
  return new Promise((resolve, reject) => {
    let before = 0n
    const watch = setInterval(() => {
      const seen = Atomics.load(progress, 1)
      if (seen > 0n && seen === before) {
        const seed = Atomics.load(progress, 0)
        const text = `${target}: no answer within ${HANGS_AFTER_MS / 1_000} s\n${replay(seed)}`
        clearInterval(watch)
        void worker.terminate()
        resolve([text])
      }
      before = seen
    }, HANGS_AFTER_MS)
    worker.once('message', ({ failures }: FuzzAnswer) => {
      clearInterval(watch)
      resolve(failures.map(({ seed, told }) => `${target}: ${told}\n${replay(seed)}`))
    })
    worker.once('error', (error) => {
      clearInterval(watch)
      reject(error)
    })
  })
}

async function main(): Promise<number> {
  const { help, ...values } = readOptions()
  if (help) {
    console.log(HELP)
    return 0
  }
  const inputs = wholeNumber('inputs', values.inputs, 1_000_000)
  const from = wholeNumber('from', values.from, 1)
  if (values.of && !names.includes(values.of)) {
    refuse(`"${values.of}" is nothing to feed, use ${names.join(', ')}`)
  }
  const chosen = values.of ? [values.of] : names
  const share = Math.ceil(inputs / chosen.length)
  const began = performance.now()
  const failures = (await Promise.all(chosen.map((target) => run(target, share, from)))).flat()
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  for (const failure of failures) console.log(`${failure}\n`)
  const fed = `${(share * chosen.length).toLocaleString('en')} inputs (${chosen.join(', ')})`
  console.log(`${fed} in ${seconds} s: ${failures.length} not answered as they should be`)
  return failures.length === 0 ? 0 : 1
}

process.exitCode = await main()
