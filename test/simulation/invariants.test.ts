import { expect, it } from 'vitest'
import { newState } from '../../core/model/canary-state.ts'
import { newRollout, type Rollout } from '../../core/model/rollout.ts'
import type { Caller } from './callers.ts'
import { createInvariants } from './invariants.ts'
import { createJournal } from './journal.ts'
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
function watching(rollout: Rollout, weights: Weights = { blue: 9, green: 1 }) {
  const journal = createJournal()
  const invariants = createInvariants(
    {
      records: {
        state,
        rollouts: new Map([[rollout.rollout, rollout]]),
        editedAt: 0,
        editedByHand: () => undefined,
      },
      weights: () => weights,
      router: 'alb',
      illSince: () => undefined,
      running: () => [],
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

it('the router has to have what the record says, and every rollout has to end', () => {
  const { invariants, broken } = watching(begun, { blue: 1, green: 1 })
  invariants.settled()
  expect(broken()).toEqual(['the router equals the record'])
  invariants.ended()
  expect(broken()).toContain('no stuck rollout')
})

it('an attempt that falls, a claim that is dropped and a swap without a promotion are broken', () => {
  const { invariants, broken } = watching(begun)
  const { activeRollout: _, ...free } = state
  invariants.listener.state(state, { ...free, attempt: 0, live: 'green' })
  expect(broken()).toEqual(['attempts rise', 'one active rollout', 'only a promotion swaps'])
})

it('nothing is broken where a rollout goes as it should', () => {
  const { invariants, broken } = watching({ ...begun, timeline: [told] })
  invariants.listener.rollout(begun, { ...begun, looks: 1 })
  invariants.written(writer)
  invariants.settled()
  expect(broken()).toEqual([])
})
