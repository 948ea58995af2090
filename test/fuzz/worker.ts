/** One target in a thread of its own, so that somebody is left to see that it hangs. */
import { parentPort, workerData } from 'node:worker_threads'
import { fuzz } from './run.ts'
import { TARGETS } from './targets/index.ts'

export interface FuzzWork {
  readonly target: string
  readonly inputs: number
  readonly from: number
  /** Where the seed at hand stands, and how many were fed: a `BigInt64Array` of two. */
  readonly progress: SharedArrayBuffer
}

export interface FuzzAnswer {
  readonly failures: readonly { readonly seed: number; readonly told: string }[]
}

const work = workerData as FuzzWork
const progress = new BigInt64Array(work.progress)
const create = TARGETS[work.target]
if (!create) throw new Error(`no target ${work.target}`)
const target = await create()
const failures = await fuzz({
  target,
  inputs: work.inputs,
  from: work.from,
  enough: 10,
  onInput(seed) {
    Atomics.store(progress, 0, BigInt(seed))
    Atomics.add(progress, 1, 1n)
  },
})
const answer: FuzzAnswer = {
  failures: failures.map(({ seed, error }) => ({ seed, told: toldOf(error) })),
}
parentPort?.postMessage(answer)
await target.close?.()

function toldOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `\n  because: ${error.cause.stack}` : ''
  return `${error.stack}${cause}`
}
