import { expect, it } from 'vitest'
import { type CanaryState, newState } from '../../core/model/canary-state.ts'
import { parseDefinition } from '../../core/model/definition.ts'
import { newRollout, type Rollout } from '../../core/model/rollout.ts'
import type { Signal } from '../../core/model/signal.ts'
import { definition } from '../fixtures/world.ts'
import type { Caller } from './callers.ts'
import { createInvariants } from './invariants.ts'
import { createJournal } from './journal.ts'
import type { Records } from './records.ts'
import type { Weights } from './traffic.ts'

const claim = {
  canary: 'web',
  rollout: 'web-1',
  attempt: 1,
  candidate: 'green',
  revision: 'arn:aws:ecs:us-east-1:123456789012:task-definition/app:2',
} as const

const begun: Rollout = {
  ...newRollout(claim, 0),
  definition: parseDefinition(definition()),
  status: 'baking',
  step: 1,
  weight: 10,
  achieved: 10,
  baseline: { blue: 1, green: 0 },
  progress: { startedAt: 1_000_000, passed: 0, errors: 0 },
}
const ended: Rollout = { ...begun, status: 'failed-back', outcome: 'failed-back' }
const state = {
  ...newState('web', 'blue', { blue: 'shop/blue', green: 'shop/green' }),
  attempt: 1,
  activeRollout: 'web-1',
  execution: 'arn',
}
const writer: Caller = {
  fn: 'shift',
  nth: 1,
  execution: 'web-1',
  dead: false,
  die: () => undefined,
  slowness: 0,
}

/** What is broken where a rollout stands so, and the router so. */
function watching(
  rollout: Rollout,
  weights: Weights = { blue: 9, green: 1 },
  around: Partial<Pick<Records, 'stoppedSince' | 'frozen'>> = {},
  executions: readonly string[] = [],
) {
  const journal = createJournal()
  const invariants = createInvariants(
    {
      records: {
        state,
        rollouts: new Map([[rollout.rollout, rollout]]),
        editedAt: 0,
        editedByHand: () => undefined,
        stoppedSince: undefined,
        frozen: { since: 0, freeze: [] },
        ...around,
      },
      weights: () => weights,
      router: 'alb',
      illSince: () => undefined,
      running: () => [],
      executions: () => [claim.rollout, ...executions],
      deployed: () => new Set([claim.revision]),
    },
    journal,
  )
  return { invariants, broken: () => journal.violations.map(({ rule }) => rule) }
}

const shifting = { at: 1, what: 'decided to shift', why: 'all checks pass', who: 'web-1' }
const told = { at: 1, what: 'shifting', why: 'to 10 %', who: 'web-1', weight: 10 }

it.each<[string, Rollout, Rollout]>([
  ['an outcome stands', ended, { ...ended, outcome: 'promoted' }],
  ['steps rise', { ...begun, step: 2 }, begun],
  ['a fail back is final', { ...begun, status: 'failing-back' }, begun],
  ['the timeline is complete', { ...begun, timeline: [told] }, { ...begun, timeline: [] }],
  [
    'no step is passed without a clear look',
    begun,
    { ...begun, timeline: [...begun.timeline, shifting] },
  ],
])('"%s" is broken by a write that goes against it', (rule, before, after) => {
  const { invariants, broken } = watching(after)
  invariants.listener.rollout(before, after)
  expect(broken()).toContain(rule)
})

it.each<[string, Rollout, Weights, Partial<Caller>]>([
  ['weights are in bounds', begun, { blue: 0, green: 0 }, {}],
  ['single writer', begun, { blue: 9, green: 1 }, { fn: 'assess' }],
  ['single writer', ended, { blue: 9, green: 1 }, {}],
  ['single writer', { ...begun, hold: { execution: 'web-1-guard-1' } }, { blue: 9, green: 1 }, {}],
  ['the timeline is complete', begun, { blue: 1, green: 1 }, {}],
])('"%s" is broken by weights that go against it', (rule, rollout, weights, caller) => {
  const { invariants, broken } = watching(rollout, weights)
  invariants.written({ ...writer, ...caller })
  expect(broken()).toContain(rule)
})

const free = { ...newState('web', 'blue', state.services), triggered: true, attempt: 1 }
const { revision } = claim

it.each<[string, readonly string[], CanaryState, CanaryState]>([
  ['a first claim', [], free, { ...free, attempt: 2, revision }],
  [
    'one after a reset',
    [],
    { ...free, revision, triggered: false },
    { ...free, attempt: 2, revision },
  ],
  ['a skipped attempt', ['attempts rise'], free, { ...free, attempt: 3, revision }],
  [
    'a revision that nobody deployed',
    ['alien events change nothing'],
    free,
    { ...free, attempt: 2, revision: 'app:9' },
  ],
  [
    'the same revision once more',
    ['duplicates change nothing'],
    { ...free, revision },
    { ...free, attempt: 2, revision },
  ],
])('%s breaks %j', (_what, rules, before, after) => {
  const { invariants, broken } = watching(begun)
  invariants.listener.state(before, after)
  expect(broken()).toEqual(rules)
})

it('a rollout without a definition moves nothing', () => {
  const { definition: _, ...unread } = begun
  const { invariants, broken } = watching(unread)
  invariants.listener.rollout(undefined, unread)
  expect(broken()).toEqual(['a broken definition moves nothing'])
})

it.each([
  ['web-1-guard-2', false],
  ['by-hand-h3', false],
  ['web-2', true],
])('an execution %s without a claim: %s', (name, alien) => {
  const { invariants, broken } = watching(ended, { blue: 1, green: 0 }, {}, [name])
  invariants.ended()
  expect(broken().includes('one execution a claim')).toBe(alien)
})

it('the router has to have what the record says, and every rollout has to end', () => {
  const { invariants, broken } = watching(begun, { blue: 1, green: 1 })
  invariants.settled()
  expect(broken()).toEqual(['the router equals the record'])
  invariants.ended()
  expect(broken()).toContain('no stuck rollout')
})

it('an attempt that falls, a claim that is dropped and a swap without a promotion are broken', () => {
  const { invariants, broken } = watching(begun)
  const { activeRollout: _, ...dropped } = state
  invariants.listener.state(state, { ...dropped, revision, attempt: 0, live: 'green' })
  expect(broken()).toEqual(['attempts rise', 'one active rollout', 'only a promotion swaps'])
})

it('nothing is broken where a rollout goes as it should', () => {
  const { invariants, broken } = watching({ ...begun, timeline: [told] })
  invariants.listener.rollout(begun, { ...begun, looks: 1 })
  invariants.written(writer)
  invariants.settled()
  expect(broken()).toEqual([])
})

const GATE = 'no step up against a closed gate'
const at = (kind: Signal['kind'], number: number, step = 2): Signal => ({
  ...{ id: `${kind}-${number}`, kind, number, step, at: 1, who: 'ada', why: 'because' },
})
const having = (rollout: Rollout, ...signals: readonly Signal[]): Rollout => ({
  ...rollout,
  signals: Object.fromEntries(signals.map((one) => [one.id, one])),
})
const asking: Rollout = {
  ...begun,
  definition: parseDefinition(
    definition({
      plan: [
        { weight: 10, bake: '1m' },
        { weight: 100, bake: '1m', approval: true },
      ],
    }),
  ),
}
const risen = (rollout: Rollout): Rollout => ({ ...rollout, step: 2, status: 'shifting' })

it.each<[string, Rollout, boolean]>([
  ['nobody said anything', begun, true],
  ['it is paused', having(begun, at('pause', 1)), false],
  ['it is resumed', having(begun, at('resume', 2), at('pause', 1)), true],
  ['it is paused again', having(begun, at('pause', 3), at('resume', 2), at('pause', 1)), false],
  ['nobody approved it', asking, false],
  ['another step was approved', having(asking, at('approve', 1, 1)), false],
  ['it is approved', having(asking, at('approve', 1, 2)), true],
  [
    'the definition approved what it may not',
    having(asking, { ...at('approve', 1, 2), who: 'the definition' }),
    false,
  ],
])('a step up where %s', (_what, before, allowed) => {
  const { invariants, broken } = watching(before)
  invariants.listener.rollout(before, risen(before))
  expect(broken()).toEqual(allowed ? [] : [GATE])
})

it.each<[string, Partial<Pick<Records, 'stoppedSince' | 'frozen'>>, boolean]>([
  ['a line that is stopped for long', { stoppedSince: 1 }, false],
  ['a line that was stopped only now', { stoppedSince: Date.now() }, true],
  [
    'a freeze',
    { frozen: { since: 1, freeze: [{ kind: 'dates', from: 1, to: Date.now() + 1e9 }] } },
    false,
  ],
  [
    'a freeze that nobody could know of',
    { frozen: { since: Date.now(), freeze: [{ kind: 'dates', from: 1, to: Date.now() + 1e9 }] } },
    true,
  ],
])('a decision to shift against %s', (_what, around, allowed) => {
  const waiting: Rollout = { ...begun, status: 'waiting', step: 0 }
  const { invariants, broken } = watching(waiting, undefined, around)
  invariants.listener.rollout(waiting, { ...waiting, status: 'shifting' })
  expect(broken()).toEqual(allowed ? [] : [GATE])
})
