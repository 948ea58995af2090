import { describe, expect, it } from 'vitest'
import {
  type Gated,
  gatesBefore,
  nextStep,
  type Surroundings,
} from '../../../core/analysis/gates.ts'
import { parseDefinition } from '../../../core/model/definition.ts'
import { freezeSchema } from '../../../core/model/freeze.ts'
import type { Gate } from '../../../core/model/gate.ts'
import type { Signal, SignalKind } from '../../../core/model/signal.ts'
import { definition } from '../../fixtures/world.ts'

const NOW = Date.UTC(2026, 0, 5, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Three steps: 10, 50 and 100 %, of which the second asks for a person. */
const asking = (changes: Record<string, unknown> = {}) =>
  parseDefinition(
    definition({
      plan: [
        { weight: 10, bake: '1m' },
        { weight: 50, bake: '1m', approval: true },
        { weight: 100, bake: '1m' },
      ],
      holdTimeout: '2h',
      ...changes,
    }),
  )

function signals(...kinds: (readonly [SignalKind, number?])[]): Gated['signals'] {
  const all = kinds.map(([kind, step = 1], index): [string, Signal] => [
    `s${index}`,
    // The later ones come by a clock that is behind: their number counts, not their time.
    {
      id: `s${index}`,
      kind,
      number: index + 1,
      step,
      at: NOW - index * 1000,
      who: 'ada',
      why: 'so',
    },
  ])
  return Object.fromEntries(all)
}

const rollout = (changes: Partial<Gated> = {}): Gated => ({
  signals: {},
  step: 2,
  candidate: 'green',
  startedAt: NOW - HOUR,
  readyAt: NOW - HOUR,
  ...changes,
})

const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  now: NOW,
  line: undefined,
  freeze: [],
  ...changes,
})

const frozen = freezeSchema.parse([{ from: '2026-01-05T10:00', to: '2026-01-05T14:00' }])
const stopped = { stopped: true, reason: 'incident 4711', who: 'maria' }
const gate = (kind: Gate['kind'], step: number, since: number): Gate => ({
  kind,
  step,
  since,
  reason: '',
})

describe('the gates before a step', () => {
  it('are open where nothing speaks against it', () => {
    expect(gatesBefore(rollout(), asking(), around())).toEqual({ kind: 'open' })
  })

  it.each<[string, Partial<Gated>, Partial<Surroundings>, Record<string, unknown>, Partial<Gate>]>([
    [
      'a pause, until it is given up',
      { signals: signals(['pause']) },
      {},
      {},
      { kind: 'pause', until: NOW + 2 * HOUR, reason: 'paused by ada: so' },
    ],
    [
      'a pause that came after a resume',
      { signals: signals(['pause'], ['resume'], ['pause']) },
      {},
      {},
      { kind: 'pause' },
    ],
    [
      'the stopped line, and nobody knows until when',
      {},
      { line: stopped },
      {},
      { kind: 'line', reason: 'the line is stopped by maria: incident 4711' },
    ],
    [
      'a line that somebody stopped without a word',
      {},
      { line: { stopped: true } },
      {},
      { reason: 'the line is stopped' },
    ],
    ['a freeze', {}, { freeze: frozen }, {}, { kind: 'freeze', until: NOW + 2 * HOUR }],
    [
      'a freeze that cannot be read',
      {},
      { freeze: { broken: 'the freezes are broken' } },
      {},
      { kind: 'freeze', reason: 'the freezes are broken' },
    ],
    [
      'the test window, from when the candidate was ready',
      { step: 0, readyAt: NOW - 60_000 },
      {},
      { testWindow: '10m' },
      { kind: 'window', until: NOW + 540_000, step: 1 },
    ],
    [
      'an approval',
      { step: 1 },
      {},
      {},
      {
        kind: 'approval',
        step: 2,
        until: NOW + DAY,
        reason: 'waiting for approval of step 2 (50 %)',
      },
    ],
    [
      'an approval of the promotion',
      { step: 3 },
      {},
      { approval: { beforePromote: true, timeout: '1h' } },
      {
        kind: 'approval',
        step: 4,
        until: NOW + HOUR,
        reason: 'waiting for approval of the promotion',
      },
    ],
  ])('are closed by %s', (_, changes, besides, fields, expected) => {
    const answer = gatesBefore(rollout(changes), asking(fields), around(besides))
    expect(answer).toMatchObject({ kind: 'closed', gate: { since: NOW, ...expected } })
  })

  it('tell the first that is closed, in their order', () => {
    const everything = rollout({ step: 0, readyAt: NOW, signals: signals(['pause', 0]) })
    const plan = [{ weight: 100, bake: '1m', approval: true }]
    const fields = asking({ plan, testWindow: '10m' })
    const told = (signalled: Gated, besides: Partial<Surroundings>) => {
      const answer = gatesBefore(signalled, fields, around(besides))
      return answer.kind === 'closed' ? answer.gate.kind : answer.kind
    }
    const resumed = { ...everything, signals: {} }
    expect(told(everything, { line: stopped, freeze: frozen })).toBe('pause')
    expect(told(resumed, { line: stopped, freeze: frozen })).toBe('line')
    expect(told(resumed, { freeze: frozen })).toBe('freeze')
    expect(told(resumed, {})).toBe('window')
    expect(told({ ...resumed, readyAt: NOW - HOUR }, {})).toBe('approval')
    expect(told({ ...resumed, readyAt: NOW - HOUR, signals: signals(['approve']) }, {})).toBe(
      'open',
    )
  })

  it.each<[string, Partial<Gated>, Partial<Surroundings>, Record<string, unknown>]>([
    ['a pause that somebody resumed', { signals: signals(['pause'], ['resume']) }, {}, {}],
    ['a line that runs', {}, { line: { stopped: false } }, {}],
    ['a freeze that is over', {}, { freeze: frozen, now: NOW + 2 * HOUR }, {}],
    ['a test window that is over', { step: 0 }, {}, { testWindow: '10m' }],
    ['a test window after the first step', { readyAt: NOW }, {}, { testWindow: '10m' }],
    [
      'a test window that somebody ended',
      { step: 0, readyAt: NOW, signals: signals(['promote', 0]) },
      {},
      { testWindow: '10m' },
    ],
    ['an approval of another step', { step: 2 }, {}, {}],
    ['an approval that was given', { step: 1, signals: signals(['approve', 2]) }, {}, {}],
  ])('are open after %s', (_, changes, besides, fields) => {
    const answer = gatesBefore(rollout(changes), asking(fields), around(besides))
    expect(answer.kind).toBe('open')
  })

  it('remember since when they are closed, for as long as it is the same gate before the same step', () => {
    const since = (before: Gate) => {
      const answer = gatesBefore(rollout({ step: 1, gate: before }), asking(), around())
      return answer.kind === 'closed' ? answer.gate.since : undefined
    }
    expect(since(gate('approval', 2, NOW - HOUR))).toBe(NOW - HOUR)
    expect(since(gate('approval', 3, NOW - HOUR))).toBe(NOW)
    expect(since(gate('freeze', 2, NOW - HOUR))).toBe(NOW)
  })

  it.each<[string, Partial<Gated>, Partial<Surroundings>, Record<string, unknown>, string]>([
    [
      'a pause that nobody resumed',
      { signals: signals(['pause']) },
      { now: NOW + 2 * HOUR },
      {},
      'nobody resumed within 2h; paused by ada: so',
    ],
    [
      'an approval that nobody gave',
      { step: 1, gate: gate('approval', 2, NOW - DAY) },
      {},
      {},
      'nobody approved step 2 (50 %) within 1d',
    ],
    [
      'a line that is stopped for as long as an execution may last',
      { startedAt: NOW - 30 * DAY },
      { line: stopped },
      {},
      'it was held for so long that it has taken 30d, all that a rollout may; trigger it again',
    ],
  ])('give up %s', (_, changes, besides, fields, reason) => {
    const answer = gatesBefore(rollout(changes), asking(fields), around(besides))
    expect(answer).toEqual({ kind: 'given-up', reason })
  })

  it('take no answer for an approval where the definition says so, as a signal that stays', () => {
    const fields = asking({ approval: { timeout: '1h', onTimeout: 'approve' } })
    const waited = rollout({ step: 1, gate: gate('approval', 2, NOW - HOUR) })
    expect(gatesBefore(waited, fields, around())).toMatchObject({
      kind: 'open',
      approval: { kind: 'approve', step: 2, seenAt: NOW, who: 'the definition' },
    })
  })
})

describe('an approval', () => {
  it('is asked for once where steps are jumped over, and for the step that is jumped to', () => {
    const jumping = (...more: (readonly [SignalKind, number?])[]) =>
      rollout({ step: 1, signals: signals(['approve', 2], ['promote-full', 1], ...more) })
    expect(gatesBefore(jumping(), asking(), around())).toMatchObject({
      kind: 'closed',
      gate: { kind: 'approval', step: 3 },
    })
    expect(gatesBefore(jumping(['approve', 3]), asking(), around()).kind).toBe('open')
  })

  it('opens no other gate, and neither does a promotion', () => {
    const wished = signals(['approve', 2], ['promote', 1], ['promote-full', 1], ['approve', 3])
    const answer = (besides: Partial<Surroundings>) =>
      gatesBefore(rollout({ step: 1, signals: wished }), asking(), around(besides)).kind
    expect(answer({ line: stopped })).toBe('closed')
    expect(answer({ freeze: frozen })).toBe('closed')
    expect(answer({})).toBe('open')
  })
})

describe('the next step', () => {
  it.each<[number, (readonly [SignalKind, number?])[], number]>([
    [0, [], 1],
    [1, [['promote', 1]], 2],
    [0, [['promote-full', 0]], 3],
    [1, [['promote-full', 0]], 3],
    [3, [['promote-full', 0]], 4],
    [3, [], 4],
  ])('after step %d with %j is %d', (step, wishes, next) => {
    expect(nextStep(rollout({ step, signals: signals(...wishes) }), asking().plan)).toBe(next)
  })
})
