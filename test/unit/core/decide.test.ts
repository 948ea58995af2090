import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Deciding, decide } from '../../../core/analysis/decide.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { mostLooks } from '../../../core/model/execution-limits.ts'
import type { Signal } from '../../../core/model/signal.ts'
import type { Verdict, VerdictKind } from '../../../core/model/verdict.ts'
import { definition } from '../../fixtures/world.ts'

const START = Date.UTC(2026, 0, 1)

function rollout(changes: Partial<Deciding> = {}): Deciding {
  return {
    status: 'baking',
    reason: '',
    step: 1,
    candidate: 'green',
    signals: {},
    looks: 0,
    progress: { startedAt: START, passed: 0, errors: 0 },
    ...changes,
  }
}

const verdict = (kind: VerdictKind): Verdict => ({
  check: kind,
  kind,
  reason: `${kind} it is`,
  numbers: {},
  source: 's',
  window: { from: 0, to: 1 },
})

const signals = (kind: Signal['kind'], changes: Partial<Signal> = {}) => ({
  x: { id: 'x', kind, at: START, who: 'ada', why: 'because', ...changes },
})

/** Three steps of 60 s, extended by at most 60 s, a look every 10 s. */
const parsed = (changes: Record<string, unknown> = {}) => parseDefinition(definition(changes))
const at = (seconds: number) => START + seconds * 1000

describe('decide', () => {
  it.each<[string, Partial<Deciding>, VerdictKind[], number, Record<string, unknown>]>([
    ['bakes on while all is well', {}, ['pass', 'pass'], 10, { kind: 'bake', seconds: 10 }],
    ['bakes no longer than the step', {}, ['pass'], 55, { kind: 'bake', seconds: 5 }],
    ['shifts at the end of a bake', {}, ['pass'], 60, { kind: 'shift' }],
    ['promotes at the end of the last', { step: 3 }, ['pass'], 60, { kind: 'promote' }],
    [
      'fails on one failure at once',
      {},
      ['pass', 'fail'],
      1,
      { kind: 'fail-back', reason: 'fail it is' },
    ],
    [
      'extends a bake without an answer',
      {},
      ['pass', 'inconclusive'],
      60,
      { kind: 'bake', seconds: 10 },
    ],
    ['extends a bake on a provider’s error', {}, ['error'], 60, { kind: 'bake' }],
    ['extends no further than the limit', {}, ['inconclusive'], 115, { kind: 'bake', seconds: 5 }],
    ['fails back when the extension is over', {}, ['inconclusive'], 120, { kind: 'fail-back' }],
    ['never passes without a verdict', {}, [], 60, { kind: 'bake' }],
    ['never passes on a late error', { step: 3 }, ['pass', 'error'], 60, { kind: 'bake' }],
    [
      'lets an abort go before a pass',
      { signals: signals('abort') },
      ['pass'],
      60,
      { kind: 'fail-back', reason: 'aborted by ada: because' },
    ],
    [
      'fails back for a newer revision',
      { signals: signals('newer-revision') },
      ['pass'],
      1,
      { kind: 'fail-back', reason: 'superseded: because' },
    ],
    [
      'remembers an abort that was seen: it is final',
      { signals: signals('abort', { seenAt: 1 }) },
      ['pass'],
      1,
      { kind: 'fail-back' },
    ],
    ['keeps baking when a clock jumps back', {}, ['pass'], -100, { kind: 'bake', seconds: 10 }],
  ])('%s', (_name, changes, kinds, seconds, expected) =>
    expect(decide(rollout(changes), kinds.map(verdict), parsed(), at(seconds))).toMatchObject(
      expected,
    ),
  )

  it('holds for a person where the definition says so, and looks again meanwhile', () => {
    const holding = parsed({ onInconclusive: 'hold', holdTimeout: '1h' })
    const held = decide(rollout(), [verdict('inconclusive')], holding, at(120))
    expect(held).toMatchObject({ kind: 'hold', seconds: 36, progress: { heldSince: at(120) } })

    const since = rollout({ status: 'holding', progress: held.progress })
    expect(decide(since, [verdict('inconclusive')], holding, at(200)).kind).toBe('hold')
    expect(decide(since, [verdict('pass')], holding, at(200)).kind).toBe('shift')
    expect(decide(since, [verdict('fail')], holding, at(200)).kind).toBe('fail-back')
    expect(decide(since, [verdict('inconclusive')], holding, at(3_720)).kind).toBe('fail-back')
  })

  it('takes an approval as more time, not as a pass', () => {
    const held = rollout({ status: 'holding', signals: signals('approve') })
    const decision = decide(
      held,
      [verdict('inconclusive')],
      parsed({ onInconclusive: 'hold' }),
      at(500),
    )
    expect(decision).toMatchObject({ kind: 'bake', progress: { startedAt: at(440), errors: 0 } })
  })

  it('gives a provider’s errors a limit of their own', () => {
    const progress = { startedAt: START, passed: 3, errors: 5 }
    const broken = decide(rollout({ progress }), [verdict('error')], parsed(), at(70))
    expect(broken).toMatchObject({
      kind: 'fail-back',
      reason: expect.stringContaining('6 errors in a row'),
    })
    expect(decide(rollout({ progress }), [verdict('pass')], parsed(), at(10)).progress.errors).toBe(
      0,
    )
  })

  it('fails back before the execution’s history is full', () => {
    const looks = mostLooks(parsed())
    expect(decide(rollout({ looks }), [verdict('pass')], parsed(), at(1)).kind).toBe('fail-back')
  })

  it('ends under any sequence of verdicts, passes no step without a clear look, and never on missing data', () => {
    const kinds = fc.array(fc.constantFrom<VerdictKind>('pass', 'fail', 'inconclusive', 'error'), {
      maxLength: 3,
    })
    const definitions = fc
      .record({
        onInconclusive: fc.constantFrom('hold', 'fail-back'),
        holdTimeout: fc.constantFrom('1m', '1h'),
        maxErrors: fc.integer({ min: 0, max: 5 }),
      })
      .map(parsed)
    fc.assert(
      fc.property(definitions, fc.infiniteStream(kinds), (given, stream) => {
        let record = rollout()
        let now = START
        for (let look = 0; look < 2_000; look++) {
          const verdicts = (stream.next().value as VerdictKind[]).map(verdict)
          const decision = decide({ ...record, looks: look }, verdicts, given, now)
          const clear = verdicts.length > 0 && verdicts.every(({ kind }) => kind === 'pass')
          if (decision.kind === 'fail-back') return
          if (decision.kind === 'shift' || decision.kind === 'promote') {
            expect(clear).toBe(true)
            expect(decision.progress.passed).toBeGreaterThan(0)
          }
          if (decision.kind === 'promote') return
          expect(decision.seconds).toBeGreaterThanOrEqual(1)
          now += decision.seconds * 1000
          record =
            decision.kind === 'shift'
              ? rollout({
                  step: record.step + 1,
                  progress: { startedAt: now, passed: 0, errors: 0 },
                })
              : {
                  ...record,
                  status: decision.kind === 'hold' ? 'holding' : 'baking',
                  progress: decision.progress,
                }
        }
        expect.fail('the rollout did not end')
      }),
      { numRuns: 500 },
    )
  })
})
