import { describe, expect, it } from 'vitest'
import type { CountedWindow } from '../../../../core/analysis/comparison/accepted-windows.ts'
import {
  type CountsParameters,
  compareCounts,
} from '../../../../core/analysis/comparison/counts-comparison.ts'
import { answerOfCounts } from '../../../../core/analysis/comparison/counts-verdict.ts'
import type { CountsMemory } from '../../../../core/model/check-memory.ts'

const START = Date.UTC(2026, 0, 1)
const WORDS = { candidate: 'green', live: 'blue', bad: 'with 5xx' } as const
const DEFAULTS: CountsParameters = {
  alpha: 0.01,
  tolerance: 1,
  minimumSample: 50,
  staleAfter: 180,
}

/** `[bad, total]` of the candidate and of live, minute by minute from the beginning. */
type Minutes = readonly (readonly [number, number, number, number])[]

function windows(minutes: Minutes, first = 0): CountedWindow[] {
  return minutes.map(([bad, total, liveBad, liveTotal], index) => ({
    from: START + (first + index) * 60_000,
    to: START + (first + index + 1) * 60_000,
    candidate: { bad, total },
    live: { bad: liveBad, total: liveTotal },
  }))
}

function run(given: readonly CountedWindow[], changes: Partial<CountsParameters> = {}) {
  const parameters = { ...DEFAULTS, ...changes }
  const look = { now: given.at(-1)?.to ?? START, step: 1, stepStartedAt: START }
  const memory = compareCounts(undefined, given, parameters, look)
  return { memory, answer: answerOfCounts(memory, parameters, look, WORDS) }
}

describe('the comparison of counts', () => {
  it('tells its evidence in a sentence', () => {
    const { answer } = run(windows([[41, 812, 12, 15_410]]))
    expect(answer).toMatchObject({
      kind: 'fail',
      reason:
        'green answered 41 of 812 requests with 5xx, blue 12 of 15,410; evidence 10^40:1 against equal (limit 100:1)',
    })
  })

  it.each<[string, Minutes, CountedWindow[], string]>([
    ['as good as live', [[5, 5_000, 5, 5_000]], [], 'pass'],
    ['better than live', [[0, 5_000, 50, 5_000]], [], 'pass'],
    ['no errors at all', [[0, 5_000, 0, 5_000]], [], 'pass'],
    ['a shared incident', [[500, 5_000, 500, 5_000]], [], 'pass'],
    ['everything fails in both', [[5_000, 5_000, 5_000, 5_000]], [], 'pass'],
    ['ten times as bad', [[20, 2_000, 20, 20_000]], [], 'fail'],
    ['everything fails in the candidate', [[50, 50, 1, 5_000]], [], 'fail'],
    ['too little traffic', [[0, 49, 0, 5_000]], [], 'inconclusive'],
    ['too little live traffic', [[0, 500, 0, 49]], [], 'inconclusive'],
    ['no traffic', [[0, 0, 0, 0]], [], 'inconclusive'],
    ['a thousand million requests', [[500_000, 5e8, 500_000, 5e8]], [], 'pass'],
    ['1 % more in a thousand million', [[5_050_000, 5e8, 5_000_000, 5e8]], [], 'pass'],
    ['10 % more in a thousand million', [[550_000, 5e8, 500_000, 5e8]], [], 'fail'],
  ])('%s', (_name, minutes, more, kind) => {
    const { answer } = run([...windows(minutes), ...more])
    expect(answer.kind, answer.reason).toBe(kind)
  })

  it('goes on from its memory as if it had seen all at once', () => {
    const all = windows([
      [1, 500, 3, 9_500],
      [4, 510, 2, 9_400],
      [2, 480, 4, 9_600],
    ])
    const look = (index: number) => ({ now: all[index]?.to ?? 0, step: 1, stepStartedAt: START })
    const inPieces = all.reduce<CountsMemory | undefined>(
      (memory, window, index) =>
        compareCounts(
          JSON.parse(JSON.stringify(memory ?? null)) ?? undefined,
          [window],
          DEFAULTS,
          look(index),
        ),
      undefined,
    )
    expect(inPieces).toEqual(run(all).memory)
  })
})
