import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Deciding, decide } from '../../../core/analysis/decide.ts'
import { type Definition, parseDefinition } from '../../../core/model/definition.ts'
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
  x: { id: 'x', kind, number: 1, step: 1, at: START, who: 'ada', why: 'because', ...changes },
})

/** Three steps of 60 s, extended by at most 60 s, a look every 10 s. */
const parsed = (changes: Record<string, unknown> = {}) => parseDefinition(definition(changes))
const at = (seconds: number) => START + seconds * 1000

describe('a verdict counts by its effect:', () => {
  it.each<[string, (readonly [VerdictKind, Verdict['effect']])[], string]>([
    [
      'an advisory failure is told only',
      [
        ['pass', 'required'],
        ['fail', 'advisory'],
      ],
      'shift',
    ],
    [
      'a veto that fails fails back',
      [
        ['pass', 'required'],
        ['fail', 'veto'],
      ],
      'fail-back',
    ],
    [
      'a veto without an answer holds nobody up',
      [
        ['pass', 'required'],
        ['inconclusive', 'veto'],
      ],
      'shift',
    ],
    [
      'nor does one that nobody could answer',
      [
        ['pass', 'required'],
        ['error', 'veto'],
      ],
      'shift',
    ],
    ['what passes only in an advisory one is not passed', [['pass', 'advisory']], 'bake'],
    [
      'nor by vetoes alone',
      [
        ['pass', 'veto'],
        ['inconclusive', 'required'],
      ],
      'bake',
    ],
  ])('%s', (_, given, kind) => {
    const verdicts = given.map(([one, effect]) => ({
      ...verdict(one),
      ...(effect ? { effect } : {}),
    }))
    expect(decide(rollout(), verdicts, parsed(), at(60)).kind).toBe(kind)
  })
})

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

  it.each<[string, Partial<Verdict>[], string]>([
    ['too little data', [{ kind: 'inconclusive', tooLittle: true }], 'shift'],
    [
      'too little data beside a pass',
      [{ kind: 'pass' }, { kind: 'inconclusive', tooLittle: true }],
      'shift',
    ],
    ['no data', [{ kind: 'inconclusive' }], 'fail-back'],
    [
      'no data beside too little',
      [{ kind: 'inconclusive' }, { kind: 'inconclusive', tooLittle: true }],
      'fail-back',
    ],
    ['a provider’s error', [{ kind: 'error' }], 'fail-back'],
    [
      'a provider’s error beside too little',
      [{ kind: 'error' }, { kind: 'inconclusive', tooLittle: true }],
      'fail-back',
    ],
    ['no check at all', [], 'fail-back'],
  ])('where the definition says to pass without an answer, %s', (_name, given, expected) => {
    const verdicts = given.map((changes) => ({ ...verdict(changes.kind ?? 'pass'), ...changes }))
    const passing = parsed({ onInconclusive: 'pass' })
    // Never before the extension is over.
    expect(decide(rollout(), verdicts, passing, at(119)).kind).toBe('bake')
    expect(decide(rollout(), verdicts, passing, at(120)).kind).toBe(expected)
    const last = decide(rollout({ step: 3 }), verdicts, passing, at(120))
    expect(last.kind).toBe(expected === 'shift' ? 'promote' : expected)
    expect(last.progress.passed).toBe(0)
  })

  it('says in words that a step was passed without an answer, or why not even so', () => {
    const passing = parsed({ onInconclusive: 'pass' })
    const reasonFor = (changes: Partial<Verdict>) =>
      decide(rollout(), [{ ...verdict('inconclusive'), ...changes }], passing, at(120)).reason
    expect(reasonFor({ tooLittle: true })).toBe(
      'no clear answer after 60 s more, passed as the definition says: inconclusive it is',
    )
    expect(reasonFor({})).toBe(
      'no clear answer after 60 s more, and missing data never passes a step: inconclusive it is',
    )
    expect(reasonFor({ kind: 'error' })).toContain("a provider's error never passes a step")
    expect(decide(rollout(), [], passing, at(120)).reason).toBe(
      'no clear answer after 60 s more, and no check never passes a step: no check answered',
    )
  })

  it.each<[string, (boolean | undefined)[], number, string]>([
    ['every comparison is sure', [true, true, undefined], 30, 'shift'],
    ['one comparison is not', [true, false], 30, 'bake'],
    ['there is no comparison', [undefined], 30, 'bake'],
    ['the minimum bake is not over', [true], 29.9, 'bake'],
    ['the clock jumped back', [true], -100, 'bake'],
  ])('moves on early only when sure: %s', (_name, bounds, seconds, expected) => {
    const verdicts = bounds.map((underBound) => ({
      ...verdict('pass'),
      ...(underBound === undefined ? {} : { underBound }),
    }))
    const early = parsed({
      checks: [{ type: 'compare' }],
      promoteEarly: { bound: 2, minimumBake: '30s' },
    })
    const decision = decide(rollout(), verdicts, early, at(seconds))
    expect(decision.kind).toBe(expected)
    // Without the wish for it, never.
    expect(decide(rollout(), verdicts, parsed(), at(seconds)).kind).toBe('bake')
    if (expected !== 'shift') return
    expect(decision.reason).toBe(
      'all checks pass and the candidate is surely under 2 times as bad, 30 s of 60 s at 10 %',
    )
    expect(decide(rollout({ step: 3 }), verdicts, early, at(seconds)).kind).toBe('promote')
    const open = [...verdicts, verdict('inconclusive')]
    expect(decide(rollout(), open, early, at(seconds)).kind).toBe('bake')
    const failed = [...verdicts, verdict('fail')]
    expect(decide(rollout(), failed, early, at(seconds)).kind).toBe('fail-back')
  })

  it.each<[string, Partial<Deciding>, VerdictKind[], number, Record<string, unknown>, string]>([
    ['while all is well', {}, ['pass'], 10.5, {}, 'all checks pass; 50 s of 60 s to bake'],
    ['without a verdict', {}, [], 10, {}, 'waiting for an answer: no check answered'],
    [
      'with open questions',
      {},
      ['pass', 'inconclusive', 'error'],
      10,
      {},
      'waiting for an answer: inconclusive it is; error it is',
    ],
    ['with two failures', {}, ['fail', 'pass', 'fail'], 10, {}, 'fail it is; fail it is'],
    ['when a step is passed', {}, ['pass'], 60, {}, 'all checks pass after 60 s at 10 %'],
    ['when the bake is extended', {}, ['error'], 60, {}, 'bake extended: error it is'],
    [
      'when patience is over',
      {},
      ['inconclusive'],
      120,
      {},
      'no clear answer after 60 s more: inconclusive it is',
    ],
    [
      'when a person is asked',
      {},
      ['inconclusive'],
      120,
      { onInconclusive: 'hold' },
      'no clear answer after 60 s more, waiting for a person: inconclusive it is',
    ],
    [
      'while a person is waited for',
      { status: 'holding', progress: { startedAt: START, passed: 0, errors: 0, heldSince: START } },
      ['inconclusive'],
      120,
      { onInconclusive: 'hold' },
      'waiting for a person: inconclusive it is',
    ],
    [
      'when nobody answered',
      { status: 'holding', progress: { startedAt: START, passed: 0, errors: 0, heldSince: START } },
      ['inconclusive'],
      3_600,
      { onInconclusive: 'hold', holdTimeout: '1h' },
      'nobody answered within 3600 s: inconclusive it is',
    ],
    [
      'when somebody approved',
      { signals: signals('approve') },
      ['inconclusive'],
      70,
      {},
      'ada approved another 60 s: inconclusive it is',
    ],
    [
      'when the history is full',
      { looks: 1_000_000 },
      ['pass'],
      1,
      {},
      "1000000 looks fill the execution's history; use a longer interval",
    ],
  ])('gives its reason %s', (_name, changes, kinds, seconds, definition, reason) => {
    expect(
      decide(rollout(changes), kinds.map(verdict), parsed(definition), at(seconds)).reason,
    ).toBe(reason)
  })

  it('refuses a rollout that is not baking', () => {
    const { progress: _progress, ...idle } = rollout()
    expect(() => decide(idle, [], parsed(), START)).toThrow('step 1 is not baking')
    expect(() => decide(rollout({ step: 4 }), [], parsed(), START)).toThrow('step 4 is not baking')
  })

  it('counts a look with any error as one, and one without as none', () => {
    const progress = { startedAt: START, passed: 0, errors: 2 }
    const errorsAfter = (kinds: VerdictKind[]) =>
      decide(rollout({ progress }), kinds.map(verdict), parsed(), at(1)).progress.errors
    expect(errorsAfter(['pass', 'error'])).toBe(3)
    expect(errorsAfter(['error', 'error'])).toBe(3)
    expect(errorsAfter(['pass', 'inconclusive'])).toBe(0)
  })

  it('takes no other signal for an approval', () => {
    const woken = rollout({ signals: signals('task-stopped') })
    expect(decide(woken, [verdict('inconclusive')], parsed(), at(120)).kind).toBe('fail-back')
  })

  it('looks at a held rollout once more when its time is over, and not later', () => {
    const held = { startedAt: START, passed: 0, errors: 0, heldSince: START }
    const holding = parsed({ onInconclusive: 'hold', holdTimeout: '1h' })
    const decision = decide(
      rollout({ status: 'holding', progress: held }),
      [verdict('inconclusive')],
      holding,
      at(3_590),
    )
    expect(decision).toMatchObject({ kind: 'hold', seconds: 10 })
  })

  it('gives an approved step its own bake’s worth of time again', () => {
    const plan = [
      { weight: 10, bake: '60s' },
      { weight: 50, bake: '90s' },
      { weight: 100, bake: '120s' },
    ]
    const approved = rollout({ step: 2, signals: signals('approve', { step: 2 }) })
    const decision = decide(approved, [verdict('inconclusive')], parsed({ plan }), at(500))
    expect(decision.progress.startedAt).toBe(at(410))
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
    const oneLess = { ...progress, errors: 4 }
    expect(decide(rollout({ progress: oneLess }), [verdict('error')], parsed(), at(70)).kind).toBe(
      'bake',
    )
    expect(decide(rollout({ progress }), [verdict('pass')], parsed(), at(10)).progress.errors).toBe(
      0,
    )
  })

  it('extends from the last clear look on: what hooks take uses up no extension', () => {
    // The bake was over at 60 s, and the extension without any clear look would be at 120 s.
    const clear = decide(rollout(), [verdict('pass')], parsed(), at(500))
    expect(clear.progress.clearAt).toBe(at(500))
    const look = (seconds: number, kind: VerdictKind) =>
      decide(rollout({ progress: clear.progress }), [verdict(kind)], parsed(), at(seconds))
    expect(look(510, 'error')).toMatchObject({ kind: 'bake', progress: { clearAt: at(500) } })
    expect(look(555, 'inconclusive')).toMatchObject({ kind: 'bake', seconds: 5 })
    expect(look(560, 'inconclusive')).toMatchObject({ kind: 'fail-back' })
    // A clear look within the bake passes nothing yet, so it extends nothing either.
    expect(decide(rollout(), [verdict('pass')], parsed(), at(59)).progress.clearAt).toBeUndefined()
  })

  it('fails back before the execution’s history is full', () => {
    const looks = mostLooks(parsed())
    expect(decide(rollout({ looks }), [verdict('pass')], parsed(), at(1)).kind).toBe('fail-back')
  })

  it('ends under any sequence of verdicts, passes no step without a clear look, and never on missing data', () => {
    const looks = fc.array(
      fc.record({
        kind: fc.constantFrom<VerdictKind>('pass', 'pass', 'fail', 'inconclusive', 'error'),
        tooLittle: fc.boolean(),
        underBound: fc.constantFrom(true, true, false, undefined),
        effect: fc.constantFrom('required', 'required', 'veto', 'advisory'),
      }),
      { maxLength: 3 },
    )
    // Time may pass otherwise than was asked for: a signal wakes early, a function is late, a clock jumps.
    const lateness = fc.constantFrom(0, 0, 0, -5, 30, 400, -400)
    const definitions = fc
      .record({
        onInconclusive: fc.constantFrom('hold', 'fail-back', 'pass'),
        promoteEarly: fc.constantFrom(undefined, { bound: 2, minimumBake: '20s' }),
        holdTimeout: fc.constantFrom('1m', '1h'),
        maxErrors: fc.integer({ min: 0, max: 5 }),
      })
      .map(({ promoteEarly, ...given }) =>
        parsed({
          ...given,
          ...(promoteEarly ? { promoteEarly, checks: [{ type: 'compare' }] } : {}),
        }),
      )
    fc.assert(
      fc.property(
        definitions,
        fc.infiniteStream(looks),
        fc.infiniteStream(lateness),
        // Hooks may hold back a step that is passed, more often than not, and for as long as they like.
        fc.infiniteStream(fc.constantFrom(true, true, false)),
        (given, stream, late, waiting) => {
          let record = rollout()
          let now = START
          for (let look = 0; look < 2_000; look++) {
            const verdicts = next(stream).map(
              ({ kind, tooLittle, underBound, effect }): Verdict => ({
                ...verdict(kind),
                effect,
                ...(tooLittle && kind === 'inconclusive' ? { tooLittle: true } : {}),
                ...(underBound === undefined ? {} : { underBound }),
              }),
            )
            const decision = decide({ ...record, looks: look }, verdicts, given, now)
            if (decision.kind === 'fail-back') return
            const passable = decision.kind === 'shift' || decision.kind === 'promote'
            if (passable) expectPassable(record, verdicts, given, now)
            const passed = passable && !next(waiting)
            expect(decision.progress.passed).toBeGreaterThanOrEqual(record.progress?.passed ?? 0)
            if (passed && decision.kind === 'promote') {
              expect(record.step).toBe(given.plan.length)
              return
            }
            expect(decision.seconds).toBeGreaterThanOrEqual(1)
            now += (decision.seconds + next(late)) * 1000
            record = passed
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
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

function next<Value>(stream: Iterator<Value>): Value {
  return stream.next().value as Value
}

/** Whether this look may pass a step: all required checks answered, on data, and it is late enough. */
function expectPassable(
  record: Deciding,
  seen: readonly Verdict[],
  given: Definition,
  now: number,
): void {
  const verdicts = seen.filter(({ effect }) => effect === 'required')
  const baked = (now - (record.progress?.startedAt ?? now)) / 1000
  const clear = verdicts.every(({ kind }) => kind === 'pass')
  expect(verdicts.length).toBeGreaterThan(0)
  expect(verdicts.filter(({ kind }) => kind === 'error' || kind === 'fail')).toEqual([])
  expect(verdicts.filter(({ kind, tooLittle }) => kind === 'inconclusive' && !tooLittle)).toEqual(
    [],
  )
  if (!clear) {
    expect(given.onInconclusive).toBe('pass')
    expect(baked).toBeGreaterThanOrEqual(60 + given.maxExtension)
  } else if (baked < 60) {
    expect(baked).toBeGreaterThanOrEqual(
      given.promoteEarly?.minimumBake ?? Number.POSITIVE_INFINITY,
    )
    expect(verdicts.map(({ underBound }) => underBound)).toContain(true)
    expect(verdicts.map(({ underBound }) => underBound)).not.toContain(false)
  }
}
