import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logEvidence } from '../../../../core/analysis/comparison/capital.ts'
import {
  comparePairs,
  type PairsParameters,
} from '../../../../core/analysis/comparison/pairs-comparison.ts'
import { answerOfPairs } from '../../../../core/analysis/comparison/pairs-verdict.ts'
import type { PairsMemory } from '../../../../core/model/check-memory.ts'

const MINUTE = 60_000
const WORDS = { candidate: 'green', live: 'blue', bad: 'p99 latency' } as const
const DEFAULTS: PairsParameters = {
  alpha: 0.01,
  margin: 0.1,
  minimumWindows: 3,
  staleAfter: 180,
}

/** `[step, candidate's value, live's value]`, minute by minute. */
type Minute = readonly [number, (number | undefined)?, (number | undefined)?]

const times = (count: number, minute: Minute): Minute[] => new Array<Minute>(count).fill(minute)

function play(minutes: readonly Minute[], changes: Partial<PairsParameters> = {}, waiting = 0) {
  const parameters = { ...DEFAULTS, ...changes }
  let memory: PairsMemory | undefined
  let stepStartedAt = 0
  let look = { now: 0, step: 0, stepStartedAt }
  for (const [index, [step, candidate, live]] of minutes.entries()) {
    const from = index * MINUTE
    if (step !== look.step) stepStartedAt = from
    look = { now: from + MINUTE, step, stepStartedAt }
    memory = comparePairs(memory, [{ from, to: from + MINUTE, candidate, live }], parameters, look)
  }
  if (!memory) throw new RangeError('nothing was played')
  const late = { ...look, now: look.now + waiting * 1000 }
  return { memory, answer: answerOfPairs(memory, parameters, late, WORDS) }
}

describe('the comparison of paired values', () => {
  it('tells its evidence in a sentence', () => {
    expect(play([[1, 230, 200], ...times(2, [1, 210, 200])]).answer).toEqual({
      kind: 'pass',
      reason:
        "green's p99 latency was above blue's by over 10 % in 1 of 3 windows; evidence 0.48:1 against no worse (limit 100:1)",
      numbers: {
        worse: 1,
        windows: 3,
        stepWindows: 3,
        candidate: 210,
        reference: expect.closeTo(220, 8),
        evidence: expect.closeTo(0.4861, 4),
        limit: 100,
      },
      window: { from: 0, to: 3 * MINUTE },
    })
  })

  it('is what the worked example says', () => {
    const evidence = (windows: number) =>
      Math.exp(logEvidence(play(times(windows, [1, 300, 200])).memory.capital))
    expect(evidence(11)).toBeCloseTo(0.99 * (0.25 + 0.75 * meanOfBets(11, 0)), 8)
    const nine = play(times(9, [1, 300, 200])).answer
    expect(nine).toMatchObject({ kind: 'fail', reason: expect.stringContaining('evidence 100:1') })
    const eight = play(times(8, [1, 300, 200])).answer
    expect(eight).toMatchObject({ kind: 'pass', reason: expect.stringContaining('evidence 55:1') })
  })

  it('takes no round of a window that has nothing to compare with', () => {
    const { memory } = play(times(5, [1, 200]))
    expect(memory).toMatchObject({ kind: 'pairs', worse: 0, others: 0 })
    expect(memory.inStep).toEqual({ windows: 0, answeredAt: 5 * MINUTE, against: 'nothing' })
    expect(play([[1, 1, 1]]).memory.inStep.against).toBe('live')
  })

  it('counts only what exceeds the margin as worse', () => {
    expect(play(times(20, [1, 220, 200])).memory).toMatchObject({ worse: 0, others: 20 })
    expect(play(times(20, [1, 220.001, 200])).memory).toMatchObject({ worse: 20, others: 0 })
    expect(play(times(20, [1, 201, 200]), { margin: 0 }).memory.worse).toBe(20)
  })

  it('loses what it bets on worse when a window is not', () => {
    const { memory } = play([[1, 100, 200]])
    expect(Math.exp(logEvidence(memory.capital))).toBeCloseTo(
      0.99 * (0.25 + 0.75 * meanOfBets(0, 1)),
      10,
    )
  })

  it('fails and stays failed, and finds a candidate that breaks at a later step', () => {
    const { answer } = play([...times(10, [1, 300, 200]), ...times(40, [1, 100, 200])])
    expect(answer.kind).toBe('fail')
    expect(answer.reason).toMatch(/evidence 1\d\d:1/)
    const late = [...times(20, [1, 100, 200] as Minute), ...times(14, [2, 300, 200] as Minute)]
    expect(play(late).answer.kind).toBe('fail')
    expect(Math.exp(play(late).memory.capital.reserve)).toBeCloseTo((0.99 * 0.25) / 2, 12)
    const sameStep = late.map(([, candidate, live]): Minute => [1, candidate, live])
    expect(play(sameStep).answer.kind).toBe('pass')
  })

  it.each<[string, Minute[], Partial<PairsParameters>, number, string, boolean]>([
    [
      'no value of the candidate',
      [[1, undefined, 200]],
      {},
      0,
      'no data of green in this step',
      false,
    ],
    [
      'none at the new step',
      [...times(5, [1, 200, 200]), [2, undefined, 200]],
      {},
      0,
      'no data of green in this step',
      false,
    ],
    ['silence since', times(5, [1, 200, 200]), {}, 181, 'no data of green for 181 s', false],
    [
      'too few windows',
      times(2, [1, 200, 200]),
      {},
      0,
      'too little to judge: 2 windows in this step, 3 needed',
      true,
    ],
    [
      'too few at this step',
      [...times(5, [1, 200, 200]), [2, 200, 200]],
      {},
      0,
      'too little to judge: 1 windows',
      true,
    ],
    [
      'live away from the start',
      times(5, [1, 200]),
      {},
      0,
      'blue has no p99 latency to compare with and too short a record of it; set "threshold" for that',
      false,
    ],
    [
      'live’s record too short',
      [...times(2, [1, 200, 200]), ...times(5, [2, 200])],
      {},
      0,
      'blue has no p99 latency',
      false,
    ],
  ])('is inconclusive on %s', (_name, minutes, changes, waiting, told, tooLittle) => {
    const { answer } = play(minutes, changes, waiting)
    expect(answer.kind).toBe('inconclusive')
    expect(answer.reason.startsWith(told), answer.reason).toBe(true)
    expect(answer.reason).toContain("; green's p99 latency was above ")
    expect(answer.tooLittle ?? false).toBe(tooLittle)
  })

  it('is clear again right at its limits', () => {
    expect(play(times(3, [1, 200, 200]), {}, 180).answer.kind).toBe('pass')
    expect(play([[1, 200, 200]], { minimumWindows: 1 }).answer.kind).toBe('pass')
    expect(play([[1, 0, 0]], { minimumWindows: 0 }).answer.kind).toBe('pass')
  })

  it('holds the candidate against live’s worst value once live has none', () => {
    const record: Minute[] = [
      [1, 100, 200],
      [1, 100, 300],
      [1, 100, 100],
    ]
    const good = play([...record, ...times(12, [2, 330])]).answer
    expect(good.kind).toBe('pass')
    expect(good.reason).toContain("above blue's highest by over 10 % in 0 of 15 windows")
    const bad = play([...record, ...times(12, [2, 331])]).answer
    expect(bad.kind).toBe('fail')
    expect(bad.reason).toContain("above blue's highest by over 10 % in 12 of 15 windows")
    // Live's values count for the record in windows without the candidate's as well.
    const alone: Minute[] = [
      [1, undefined, 200],
      [1, undefined, 300],
      [1, undefined, 100],
    ]
    expect(play([...alone, ...times(12, [2, 330])]).answer.kind).toBe('pass')
  })

  it('falls back to the threshold, which knows no margin', () => {
    const good = play(times(12, [1, 500]), { threshold: 500 }).answer
    expect(good.kind).toBe('pass')
    expect(good.reason).toContain('above the threshold in 0 of 12 windows')
    expect(play(times(12, [1, 501]), { threshold: 500 }).answer.kind).toBe('fail')
    const zero = play(times(3, [1, 200, 200]), { margin: 0 }).answer
    expect(zero.reason).toContain("above blue's in 0 of 3 windows")
  })

  it('shows what was refused', () => {
    const { answer } = play([...times(3, [1, 200, 200]), [1, Number.NaN, 200], [1, -1, 200]])
    expect(answer.reason).toMatch(
      / \(1 window with a value that is no number, 1 window with a negative value\)$/,
    )
    expect(answer.numbers).toMatchObject({ 'with a negative value': 1, windows: 3 })
  })

  it('fails a candidate whose values are as live’s in at most one of a hundred rollouts', () => {
    // Every sequence of twelve even rounds, each as likely as any other: the share that ever reaches the limit.
    const rounds = 12
    let failed = 0
    for (let sequence = 0; sequence < 2 ** rounds; sequence++) {
      let [worse, others] = [0, 0]
      for (let round = 0; round < rounds; round++) {
        if (sequence & (1 << round)) worse++
        else others++
        if (0.99 * (0.25 + 0.75 * meanOfBets(worse, others)) >= 100) {
          failed++
          break
        }
      }
    }
    expect(failed).toBeGreaterThan(0)
    expect(failed / 2 ** rounds).toBeLessThanOrEqual(0.01)
  })

  it('gives the same evidence for the same rounds in any order within a step', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (rounds) => {
        const evidence = (order: boolean[]) =>
          logEvidence(
            play(order.map((worse): Minute => [1, worse ? 300 : 100, 200])).memory.capital,
          )
        expect(evidence(rounds)).toBeCloseTo(evidence(rounds.toReversed()), 8)
      }),
    )
  })
})

function meanOfBets(worse: number, others: number): number {
  const chances = [0.6, 0.7, 0.8, 0.9, 0.97]
  return (
    chances.reduce((sum, q) => sum + (2 * q) ** worse * (2 - 2 * q) ** others, 0) / chances.length
  )
}
