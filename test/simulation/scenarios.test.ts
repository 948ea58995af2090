import { describe, expect, it } from 'vitest'
import { readDefinition } from '../../core/model/definition.ts'
import { definitionOf } from '../fixtures/in-process/local-canary.ts'
import { coverageOf } from './coverage.ts'
import { BROKEN, scenarioOf } from './generate.ts'
import type { Simulated } from './run.ts'
import { CALL_FAULTS, DEEDS, INVOCATION_FAULTS, OUTAGES, type Scenario } from './scenario.ts'
import { idsOf, shrink } from './shrink.ts'
import { STRAYS } from './stray-events.ts'
import { failureText } from './tell.ts'

const SEEDS = Array.from({ length: 2_000 }, (_, index) => index + 1)
const scenarios = SEEDS.map(scenarioOf)

const group = (slot: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${slot}/0123456789abcdef`
const rule =
  'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/0123456789abcdef/0123456789abcdef/0123456789abcdef'
const place = {
  router: { type: 'alb', rule },
  targetGroups: { blue: group('blue'), green: group('green') },
}

describe('a seed', () => {
  it('decides the same scenario every time', () => {
    for (const scenario of scenarios.slice(0, 50)) {
      expect(scenarioOf(scenario.seed)).toEqual(scenario)
    }
  })

  it('makes a definition that Sluice takes', () => {
    for (const { definition, happenings } of scenarios) {
      const changes = happenings.flatMap((one) => (one.kind === 'define' ? [one.changes] : []))
      for (const one of [definition, ...changes]) {
        const reading = readDefinition(definitionOf(place, one))
        expect(reading).toMatchObject({ kind: BROKEN.includes(one) ? 'broken' : 'sound' })
      }
    }
  })

  it.each(BROKEN)('may make %j of it, which nobody can read', (changes) => {
    expect(readDefinition(definitionOf(place, changes))).toMatchObject({ kind: 'broken' })
  })

  it.each([
    [
      'fault',
      [...CALL_FAULTS, ...INVOCATION_FAULTS],
      ({ faults }: Scenario) => faults.map(({ kind }) => kind),
    ],
    ['deed', DEEDS, ({ happenings }: Scenario) => happenings.map(({ kind }) => kind)],
    [
      'stray event',
      STRAYS,
      ({ happenings }: Scenario) =>
        happenings.flatMap((one) => (one.kind === 'event' ? [one.stray] : [])),
    ],
    [
      'outage',
      OUTAGES,
      ({ happenings }: Scenario) =>
        happenings.flatMap((one) => (one.kind === 'outage' ? [one.service] : [])),
    ],
  ] as const)('is found for every kind of %s', (_what, kinds, found) => {
    const all = new Set<string>(scenarios.flatMap((one): readonly string[] => found(one)))
    expect([...all].sort()).toEqual([...kinds].sort())
  })
})

describe('shrinking', () => {
  const [scenario] = scenarios.filter((one) => idsOf(one).length > 5)
  const failingWith = (needed: readonly string[]) => async (one: Scenario) => {
    const violations = needed.every((id) => idsOf(one).includes(id))
      ? [{ rule: 'single writer', what: 'two wrote' }]
      : []
    return { seed: one.seed, violations, trace: [], reached: [], rollouts: 1 } satisfies Simulated
  }

  it('leaves what a failure needs and nothing else', async () => {
    if (!scenario) throw new Error('a seed has many faults')
    const needed = [idsOf(scenario)[1] ?? '', idsOf(scenario)[4] ?? '']
    const smallest = await shrink(scenario, ['single writer'], failingWith(needed))
    expect(idsOf(smallest)).toEqual(needed)
    expect(smallest.happenings[0]).toMatchObject({ kind: 'deploy' })
  })

  it('tells the failure with the command that has it again', () => {
    if (!scenario) throw new Error('a seed has many faults')
    const text = failureText({
      seed: scenario.seed,
      violations: [{ rule: 'single writer', what: 'two wrote' }],
      reached: [],
      rollouts: 1,
      digest: '',
      shrunk: { ids: ['f2', 'h1'], scenario },
    })
    expect(text).toContain('broken: single writer: two wrote')
    expect(text).toContain(`npm run simulate -- --seed ${scenario.seed} --replay f2,h1`)
  })
})

it('coverage names what was not reached', () => {
  const { kinds, missing } = coverageOf(new Set(['state Bake', 'call shift ModifyRule']))
  expect(kinds).toContainEqual({ kind: 'state', reached: 1, of: expect.any(Number) })
  expect(missing).toContain('after shift ModifyRule')
  expect(missing).toContain('transition Decide → Promote')
  expect(missing).not.toContain('state Bake')
})
