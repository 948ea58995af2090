import { describe, expect, it } from 'vitest'
import { parseDefinition, readDefinition } from '../../../core/model/definition.ts'
import { STRATEGIES, STRATEGY_NAMES } from '../../../core/model/strategies.ts'
import { definition } from '../../fixtures/world.ts'

const { plan: _, ...planless } = definition()
const parsed = (changes: object) => parseDefinition({ ...planless, ...changes })
const issues = (changes: object) => {
  const reading = readDefinition({ ...planless, ...changes })
  return reading.kind === 'broken' ? reading.issues.map(({ text }) => text) : []
}

describe('a strategy', () => {
  it.each<[string, unknown, object]>([
    ['quick-sync by name', 'quick-sync', { plan: [{ weight: 100, bake: 300 }] }],
    ['quick-sync', { type: 'quick-sync', bake: '1m' }, { plan: [{ weight: 100, bake: 60 }] }],
    [
      'blue-green by name',
      'blue-green',
      { plan: [{ weight: 100, bake: 900 }], testWindow: 300, scaleDown: { after: 3_600, to: 0 } },
    ],
    [
      'blue-green',
      { type: 'blue-green', testWindow: '0s', bake: '1h', keepWarm: '1d' },
      { plan: [{ weight: 100, bake: 3_600 }], testWindow: 0, scaleDown: { after: 86_400, to: 0 } },
    ],
    [
      'canary',
      { type: 'canary', step: 2.5 },
      {
        plan: [
          { weight: 2.5, bake: 600 },
          { weight: 100, bake: 600 },
        ],
      },
    ],
    [
      'linear',
      { type: 'linear', step: 40, bake: '1m' },
      {
        plan: [
          { weight: 40, bake: 60 },
          { weight: 80, bake: 60 },
          { weight: 100, bake: 60 },
        ],
      },
    ],
  ])('%s fills in what belongs to it', (_, strategy, filled) => {
    expect(parsed({ strategy })).toMatchObject(filled)
  })

  it('leaves the old slot alone, but for blue-green', () => {
    const scaling = STRATEGY_NAMES.filter((strategy) => 'scaleDown' in parsed({ strategy }))
    expect(scaling).toEqual(['blue-green'])
  })

  it('leaves no time to test, but for blue-green', () => {
    const testing = STRATEGY_NAMES.filter((strategy) => parsed({ strategy }).testWindow > 0)
    expect(testing).toEqual(['blue-green'])
    expect(parsed({ plan: 'linear' }).testWindow).toBe(0)
  })

  it("gives way to the definition's own scaleDown and testWindow", () => {
    const own = { strategy: 'blue-green', scaleDown: { after: '1m', to: 1 }, testWindow: '0s' }
    expect(parsed(own)).toMatchObject({ scaleDown: { after: 60, to: 1 }, testWindow: 0 })
  })

  it.each<[string, object, string]>([
    ['neither', {}, 'plan: is missing; list the steps, or name a plan such as "linear", or give'],
    [
      'both',
      { plan: 'linear', strategy: 'canary' },
      'strategy: fills in the plan, and there is one already; give one of the two',
    ],
    [
      'an unknown name',
      { strategy: 'green' },
      'strategy ("green"): "green" is no known strategy; use one of quick-sync, blue-green, canary, linear',
    ],
    [
      'an unknown type',
      { strategy: { type: 'red' } },
      'strategy.type ("red"): use one of quick-sync, blue-green, canary, linear',
    ],
    [
      "another one's number",
      { strategy: { type: 'canary', keepWarm: '1h' } },
      'strategy.keepWarm: is no field of a definition; remove it or correct its name',
    ],
    [
      'a number out of bounds',
      { strategy: { type: 'blue-green', keepWarm: '8d' } },
      'strategy.keepWarm ("8d"): "8d" is out of range; use from 1s to 7d',
    ],
    [
      'a share without steps to it',
      { strategy: { type: 'linear', step: 0.5 } },
      'strategy.step (0.5): a preset rises by at least 1 percent a step',
    ],
    ['neither a name nor an object', { strategy: 5 }, 'strategy (5): '],
  ])('is refused: %s', (_, changes, issue) => {
    expect(issues(changes)).toEqual([expect.stringContaining(issue)])
  })
})

describe('scaleDown', () => {
  it('has an hour and no tasks unless told', () => {
    expect(parsed({ plan: 'linear', scaleDown: {} }).scaleDown).toEqual({ after: 3_600, to: 0 })
    expect(parsed({ plan: 'linear' })).not.toHaveProperty('scaleDown')
  })

  it.each<[string, object, string]>([
    ['no time', { after: '0s' }, 'scaleDown.after ("0s"): "0s" is out of range'],
    ['more than a week', { after: '8d' }, 'scaleDown.after ("8d"): "8d" is out of range'],
    ['less than nothing', { to: -1 }, 'scaleDown.to (-1)'],
    ['a part of a task', { to: 0.5 }, 'scaleDown.to (0.5)'],
    ['more than a service may have', { to: 5_001 }, 'scaleDown.to (5001)'],
  ])('is refused: %s', (_, scaleDown, issue) => {
    expect(issues({ plan: 'linear', scaleDown })).toEqual([expect.stringContaining(issue)])
  })

  it('counts towards the time that an execution has', () => {
    const bakes = [30, 60, 100].map((weight) => ({ weight, bake: '7d' }))
    const long = { plan: bakes, interval: '1h', maxExtension: '1h', holdTimeout: '7d' }
    expect(issues({ ...long, scaleDown: { after: '1d' } })).toEqual([])
    expect(issues({ ...long, scaleDown: { after: '7d' } })).toEqual([
      expect.stringMatching(
        /^plan \("35d.*more than.*30d; shorten .* holdTimeout or scaleDown.after$/,
      ),
    ])
  })
})

describe('the list of strategies', () => {
  it('has each with what it fills in, and its numbers as a definition writes them', () => {
    expect(STRATEGIES.map(({ name }) => name)).toEqual(STRATEGY_NAMES)
    for (const { name, numbers, parts } of STRATEGIES) {
      const { plan, scaleDown, testWindow } = parsed({ strategy: { type: name, ...numbers } })
      expect({ testWindow: 0, ...parts }).toEqual(
        scaleDown ? { plan, scaleDown, testWindow } : { plan, testWindow },
      )
      expect(parsed({ strategy: name }).plan).toEqual(plan)
    }
  })
})
