import { compareCounts } from '../../core/analysis/comparison/counts-comparison.ts'
import { answerOfCounts, type Words } from '../../core/analysis/comparison/counts-verdict.ts'
import type { CountsMemory } from '../../core/model/check-memory.ts'
import { createDice } from './dice.ts'
import { PARAMETERS } from './judges.ts'

export interface Speed {
  readonly name: string
  /** Milliseconds of a core's time, the median of several. */
  readonly milliseconds: number
  readonly atMost?: number
  readonly missed: readonly string[]
  /** Size of a check's memory as JSON. */
  readonly bytes?: number
}

const CHECKS = 1_000
const MOST_MILLISECONDS = 50
const REPEATS = 9
const WORDS: Words = { candidate: 'green', live: 'blue', bad: 'with 5xx' }
const EARLY = { ...PARAMETERS, bound: 2 }

/** A look at a thousand checks: each takes in one window and answers. */
export function measureSpeed(seed: number): Speed[] {
  const afterLooks = [1, 10, 100, 1_000].map((looks) => {
    const memory = remembered(looks, 1_000, seed)
    return oneLook(`after ${formatted(looks)} looks of 1,000 requests`, memory, looks, 1_000)
  })
  const ofRequests = [1e5, 1e7, 1e9].map((requests) =>
    oneLook(
      `after 100 looks of ${formatted(requests)} requests`,
      remembered(100, requests, seed),
      100,
      requests,
    ),
  )
  return [...afterLooks, ...ofRequests]
}

function formatted(value: number): string {
  return value.toLocaleString('en-US')
}

function windowAt(look: number, requests: number, share: number) {
  const total = Math.round(requests / 20)
  return {
    from: (look - 1) * 10_000,
    to: look * 10_000,
    candidate: { bad: Math.round(total * share), total },
    live: { bad: Math.round((requests - total) * share), total: requests - total },
  }
}

function remembered(looks: number, requests: number, seed: number): CountsMemory {
  const dice = createDice(seed, 'speed')
  let memory: CountsMemory | undefined
  for (let look = 1; look <= looks; look++) {
    const window = windowAt(look, requests, 0.01 + 0.001 * dice.next())
    memory = compareCounts(memory, [window], EARLY, { now: window.to, step: 1, stepStartedAt: 0 })
  }
  if (!memory) throw new RangeError(`${looks} looks remember nothing`)
  return memory
}

function oneLook(name: string, memory: CountsMemory, looks: number, requests: number): Speed {
  const window = windowAt(looks + 1, requests, 0.0105)
  const look = { now: window.to, step: 1, stepStartedAt: 0 }
  const times = Array.from({ length: REPEATS }, () => {
    const began = process.cpuUsage()
    for (let check = 0; check < CHECKS; check++) {
      const after = compareCounts(memory, [window], EARLY, look)
      if (!Number.isFinite(answerOfCounts(after, EARLY, look, WORDS).numbers.evidence)) {
        throw new RangeError(`the evidence of ${name} is no number`)
      }
    }
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1000
  })
  const milliseconds = times.toSorted((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0
  const missed = milliseconds > MOST_MILLISECONDS ? [`more than ${MOST_MILLISECONDS} ms`] : []
  const bytes = JSON.stringify(memory).length
  return { name, milliseconds, atMost: MOST_MILLISECONDS, missed, bytes }
}
