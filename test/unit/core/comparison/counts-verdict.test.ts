import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CountedWindow } from '../../../../core/analysis/comparison/accepted-windows.ts'
import { logEvidence } from '../../../../core/analysis/comparison/capital.ts'
import {
  type CountsParameters,
  compareCounts,
} from '../../../../core/analysis/comparison/counts-comparison.ts'
import { answerOfCounts } from '../../../../core/analysis/comparison/counts-verdict.ts'
import type { Counts, CountsMemory } from '../../../../core/model/check-memory.ts'

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const WORDS = { candidate: 'green', live: 'blue', bad: 'with 5xx' } as const
const DEFAULTS: CountsParameters = {
  alpha: 0.01,
  tolerance: 1,
  minimumSample: 50,
  staleAfter: 180,
}

/** `[step, candidate's counts, live's counts]`, minute by minute; each step begins with its first minute. */
type Minute = readonly [
  number,
  readonly [number, number] | undefined,
  (readonly [number, number] | undefined)?,
]

function counts(given: readonly [number, number] | undefined): Counts | undefined {
  return given && { bad: given[0], total: given[1] }
}

function play(
  minutes: readonly Minute[],
  changes: Partial<CountsParameters> = {},
  waiting = 0,
  memory?: CountsMemory,
) {
  const parameters = { ...DEFAULTS, ...changes }
  let stepStartedAt = START
  let step = 0
  let look = { now: START, step: 1, stepStartedAt }
  let state = memory
  for (const [index, minute] of minutes.entries()) {
    const from = START + index * MINUTE
    if (minute[0] !== step) [step, stepStartedAt] = [minute[0], from]
    look = { now: from + MINUTE, step, stepStartedAt }
    const window: CountedWindow = {
      from,
      to: from + MINUTE,
      candidate: counts(minute[1]),
      live: counts(minute[2]),
    }
    state = compareCounts(state, [window], parameters, look)
  }
  if (!state) throw new RangeError('nothing was played')
  const late = { ...look, now: look.now + waiting * 1000 }
  return { memory: state, answer: answerOfCounts(state, parameters, late, WORDS), look: late }
}

const GOOD: Minute = [1, [1, 1_000], [1, 1_000]]

describe('what a comparison of counts answers', () => {
  it('passes on equal counts, with its numbers, its window and all that it was made of', () => {
    const { answer } = play([GOOD, GOOD])
    expect(answer).toEqual({
      kind: 'pass',
      reason:
        'green answered 2 of 2,000 requests with 5xx, blue 2 of 2,000; evidence 0.48:1 against equal (limit 100:1)',
      numbers: {
        candidateBad: 2,
        candidateTotal: 2_000,
        liveBad: 2,
        liveTotal: 2_000,
        stepCandidateTotal: 2_000,
        stepLiveTotal: 2_000,
        evidence: expect.closeTo(0.4852, 4),
        limit: 100,
        ratioUnder: expect.any(Number),
      },
      window: { from: START, to: START + 2 * MINUTE },
    })
  })

  it('says what was tolerated, and takes it for equal', () => {
    const twice: Minute[] = [[1, [200, 10_000], [100, 10_000]]]
    expect(play(twice).answer.kind).toBe('fail')
    const { answer } = play(twice, { tolerance: 2 })
    expect(answer.kind).toBe('pass')
    expect(answer.reason).toContain('against 2 times as many (limit 100:1)')
    expect(play([[1, [500, 10_000], [100, 10_000]]], { tolerance: 2 }).answer.kind).toBe('fail')
  })

  it('fails at 1/alpha and stays failed, whatever comes later', () => {
    const bad: Minute = [1, [9, 500], [1, 500]]
    const { answer, memory } = play([bad])
    expect(answer.kind).toBe('pass')
    expect(play([bad], { alpha: 0.2 }).answer.kind).toBe('fail')
    const worse: Minute[] = [bad, [1, [20, 500], [1, 500]]]
    expect(play(worse).answer.kind).toBe('fail')
    const healed = play([...worse, [1, [0, 90_000], [900, 90_000]]])
    expect(logEvidence(healed.memory.capital)).toBeLessThan(Math.log(100))
    expect(healed.answer.kind).toBe('fail')
    expect(healed.answer.reason).toMatch(/evidence [\d,]{3,}:1 against/)
    expect(memory.peak).toBeCloseTo(logEvidence(memory.capital), 12)
  })

  it('has its first step’s evidence in the mixture, by the worked numbers', () => {
    // One bad request of the candidate among two slots of equal traffic: each bet's ratio is 2 r / (r + 1).
    const { memory } = play([[1, [1, 100], [0, 100]]])
    const excesses = Array.from({ length: 16 }, (_, index) => 0.1 * 1000 ** (index / 15))
    const shares = excesses.map((excess) => Math.min(1, excess))
    const whole = shares.reduce((sum, share) => sum + share, 0)
    const gain = excesses.reduce(
      (sum, excess, index) =>
        sum + (((shares[index] ?? 0) / whole) * 2 * (1 + excess)) / (2 + excess),
      0,
    )
    expect(Math.exp(logEvidence(memory.capital))).toBeCloseTo(0.99 * (0.25 + 0.75 * gain), 10)
  })

  it('finds a candidate that breaks only at a later step, whose good start cost its judge', () => {
    const good: Minute[] = Array.from({ length: 30 }, () => [1, [20, 10_000], [20, 10_000]])
    const broken: Minute[] = Array.from({ length: 4 }, () => [2, [40, 10_000], [20, 10_000]])
    expect(play([...good, ...broken]).answer.kind).toBe('fail')
    const sameStep = broken.map(([, candidate, live]): Minute => [1, candidate, live])
    expect(play([...good, ...sameStep]).answer.kind).toBe('pass')
  })

  it.each<[string, Minute[], Partial<CountsParameters>, number, string, boolean]>([
    [
      'no request of the candidate',
      [[1, [0, 0], [1, 900]]],
      {},
      0,
      'no data of green in this step',
      false,
    ],
    [
      'no data of the candidate',
      [[1, undefined, [1, 900]]],
      {},
      0,
      'no data of green in this step',
      false,
    ],
    [
      'no data at the new step',
      [GOOD, [2, undefined, [1, 900]]],
      {},
      0,
      'no data of green in this step',
      false,
    ],
    ['silence since', [GOOD], {}, 181, 'no data of green for 181 s', false],
    [
      'one request too few',
      [[1, [0, 49], [0, 900]]],
      {},
      0,
      'too little traffic: 49 requests of green in this step, 50 needed',
      true,
    ],
    [
      'too few at this step',
      [GOOD, [2, [0, 49], [0, 900]]],
      {},
      0,
      'too little traffic: 49 requests of green',
      true,
    ],
    [
      'too few of live',
      [[1, [0, 900], [0, 49]]],
      {},
      0,
      'too little traffic: 49 requests of blue',
      true,
    ],
    [
      'live away from the start',
      [[1, [0, 900]]],
      {},
      0,
      'blue has no traffic to compare with and too short a record of it; set "threshold"',
      false,
    ],
    [
      'live’s record too short',
      [
        [1, [0, 900], [0, 49]],
        [2, [0, 900]],
      ],
      {},
      0,
      'blue has no traffic to compare with',
      false,
    ],
    [
      'live’s record without meaning',
      [
        [1, [0, 900], [50, 50]],
        [2, [0, 900]],
      ],
      {},
      0,
      'blue has no traffic to compare with',
      false,
    ],
  ])('is inconclusive on %s', (_name, minutes, changes, waiting, told, tooLittle) => {
    const { answer } = play(minutes, changes, waiting)
    expect(answer.kind).toBe('inconclusive')
    expect(answer.reason.startsWith(told), answer.reason).toBe(true)
    expect(answer.reason).toContain('; green answered ')
    expect(answer.tooLittle ?? false).toBe(tooLittle)
  })

  it('is clear again right at its limits', () => {
    expect(play([GOOD], {}, 180).answer.kind).toBe('pass')
    expect(play([[1, [0, 50], [0, 50]]]).answer.kind).toBe('pass')
    expect(play([[1, [0, 1], [0, 1]]], { minimumSample: 0 }).answer.kind).toBe('pass')
  })

  it('holds the candidate against live’s record once live has no traffic, widened', () => {
    const record: Minute = [1, [10, 10_000], [10, 10_000]]
    const alone = (bad: number): Minute[] => [record, [2, [bad, 10_000]]]
    const { answer } = play(alone(20))
    expect(answer.kind).toBe('pass')
    expect(answer.reason).toMatch(
      /^green answered 30 of 20,000 requests with 5xx, blue 10 of 10,000 while it had traffic, which allows 0\.653 %; evidence 0\.\d+:1 against that \(limit 100:1\)$/,
    )
    expect(play(alone(65)).answer.kind).toBe('pass')
    expect(play(alone(150)).answer.kind).toBe('fail')
    // A few stragglers of live are no comparison.
    expect(play([record, [2, [150, 10_000], [0, 100]]]).answer.reason).toContain('which allows')
    expect(play([record, [2, [150, 9_900], [0, 100]]]).answer.reason).not.toContain('which allows')
    // The tolerance counts here as well.
    expect(play(alone(150), { tolerance: 3 }).answer.kind).toBe('pass')
  })

  it('needs a record of the minimum sample, and bets on multiples of what it allows', () => {
    const alone: Minute[] = [
      [1, [0, 900], [0, 50]],
      [2, [0, 900]],
    ]
    expect(play(alone).answer.reason).toContain('which allows 45.5 %')
    const evidence = (tolerance: number) =>
      play([[1, [30, 1_000]]], { threshold: 0.02, tolerance }).answer.numbers.evidence
    expect(evidence(3)).toBeCloseTo(evidence(1) ?? 0, 8)
  })

  it('bets half of the reserve at each later step', () => {
    const { memory } = play([GOOD, [2, [0, 10], [0, 10]], [3, [0, 10], [0, 10]]])
    expect(Math.exp(memory.capital.reserve)).toBeCloseTo((0.99 * 0.25) / 4, 12)
  })

  it('falls back to the threshold where there is no record, and prefers the record', () => {
    const alone = (bad: number): Minute[] => [[1, [bad, 10_000]]]
    expect(play(alone(150), { threshold: 0.02 }).answer).toMatchObject({
      kind: 'pass',
      reason: expect.stringContaining('against 2 % allowed (limit 100:1)'),
    })
    expect(play(alone(300), { threshold: 0.02 }).answer.kind).toBe('fail')
    const recorded: Minute[] = [
      [1, [10, 10_000], [10, 10_000]],
      [2, [150, 10_000]],
    ]
    expect(play(recorded, { threshold: 0.5 }).answer.kind).toBe('fail')
  })

  it('takes up the comparison again when live is back', () => {
    const { answer } = play([GOOD, [1, [1, 1_000]], GOOD])
    expect(answer).toMatchObject({ kind: 'pass', reason: expect.stringContaining('against equal') })
  })

  it.each<[string, Minute[], Partial<CountsParameters>, boolean | undefined]>([
    [
      'many bad requests, shared out evenly',
      [[1, [200, 10_000], [200, 10_000]]],
      { bound: 1.5 },
      true,
    ],
    ['too few to know', [GOOD], { bound: 1.5 }, false],
    [
      'a candidate a little worse',
      [[1, [260, 10_000], [200, 10_000]]],
      { bound: 1.5, tolerance: 1.4 },
      false,
    ],
    ['nobody asking', [[1, [200, 10_000], [200, 10_000]]], {}, undefined],
    [
      'too little traffic at this step',
      [
        [1, [200, 10_000], [200, 10_000]],
        [2, [0, 1], [0, 1]],
      ],
      { bound: 1.5 },
      false,
    ],
    [
      'a step of which the earlier one knows nothing',
      [
        [1, [200, 10_000], [200, 10_000]],
        [2, [1, 500], [1, 500]],
      ],
      { bound: 1.5 },
      false,
    ],
    [
      'a later step by its own evidence',
      [
        [1, [1, 1_000], [1, 1_000]],
        [2, [200, 10_000], [200, 10_000]],
      ],
      { bound: 1.5 },
      true,
    ],
    [
      'live gone',
      [
        [1, [200, 10_000], [200, 10_000]],
        [2, [200, 10_000]],
      ],
      { bound: 1.5 },
      false,
    ],
    ['a failed candidate', [[1, [400, 10_000], [200, 10_000]]], { bound: 3 }, false],
  ])('is sure early only on evidence: %s', (_name, minutes, changes, expected) => {
    expect(play(minutes, changes).answer.underBound).toBe(expected)
  })

  it('begins anew where the memory is of other parameters', () => {
    const { memory } = play([[1, [40, 1_000], [1, 1_000]]])
    const { answer } = play([GOOD], { bound: 1.5 }, 0, memory)
    expect(answer.numbers).toMatchObject({ candidateBad: 1, candidateTotal: 1_000 })
    const short = { ...memory, capital: { ...memory.capital, bets: [0] } }
    expect(play([GOOD], {}, 0, short).answer.numbers).toMatchObject({ candidateBad: 1 })
    expect(memory.kind).toBe('counts')
    expect(play([GOOD], {}, 0, { ...memory, readUntil: START }).answer.numbers).toMatchObject({
      candidateTotal: 2_000,
    })
  })

  it('shows what was refused, in words and numbers', () => {
    const { answer } = play([GOOD, [1, [5, 2], [1, 900]]])
    expect(answer.reason).toMatch(/ \(1 window with more bad than requests\)$/)
    expect(answer.numbers).toMatchObject({
      'with more bad than requests': 1,
      candidateTotal: 1_000,
    })
  })

  it('answers anything with a verdict, plain JSON and numbers that a table can hold', () => {
    const count = fc.oneof(
      fc.nat(1_000),
      fc.nat(1_000_000_000),
      fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY),
    )
    const slot = fc.option(fc.record({ bad: count, total: count }), { nil: undefined })
    const windows = fc.array(
      fc.record({
        from: fc.integer({ min: -5, max: 60 }).map((minute) => START + minute * MINUTE),
        length: fc.constantFrom(MINUTE, MINUTE, 2 * MINUTE, 0, -1, Number.NaN),
        candidate: slot,
        live: slot,
      }),
      { maxLength: 30 },
    )
    const looks = fc.array(fc.record({ windows, step: fc.nat(3), minute: fc.nat(90) }), {
      minLength: 1,
      maxLength: 6,
    })
    const given = fc.record({
      threshold: fc.constantFrom(undefined, 0, 0.01),
      bound: fc.constantFrom(undefined, 2),
      minimumSample: fc.constantFrom(0, 50),
    })
    fc.assert(
      fc.property(looks, given, (sequence, changes) => {
        const parameters = { ...DEFAULTS, ...changes }
        let memory: CountsMemory | undefined
        for (const one of sequence) {
          const look = {
            now: START + one.minute * MINUTE,
            step: one.step + 1,
            stepStartedAt: START + one.step * MINUTE,
          }
          const seen = one.windows.map(({ from, length, candidate, live }) => ({
            from,
            to: from + length,
            candidate,
            live,
          }))
          memory = compareCounts(memory, seen, parameters, look)
          expect(JSON.parse(JSON.stringify(memory))).toEqual(memory)
          const { reason, numbers, kind } = answerOfCounts(memory, parameters, look, WORDS)
          expect(reason).not.toMatch(/NaN|undefined|Infinity/)
          for (const value of Object.values(numbers)) {
            expect(Number.isFinite(value)).toBe(true)
            expect(Math.abs(value)).toBeLessThanOrEqual(1e100)
          }
          if (kind === 'pass') {
            expect(memory.inStep.candidate.total).toBeGreaterThanOrEqual(parameters.minimumSample)
            expect(memory.inStep.answeredAt).toBeDefined()
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
