import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../../core/model/definition.ts'
import { formatDuration, parseDuration } from '../../../core/model/duration.ts'
import { definition, targetGroup } from '../../fixtures/world.ts'

const slots = definition().slots as Record<'blue' | 'green', Record<string, string>>

describe('a duration', () => {
  it.each([
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5_400],
    ['2d', 172_800],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '5', 'm', '1.5h', '30s5m', '-5m', ' 5m', '5 m'])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds)
      }),
    )
  })
})

describe('a plan', () => {
  const weights = (plan: unknown) =>
    parseDefinition(definition({ plan, interval: '30s' })).plan.map(({ weight }) => weight)

  it.each([
    ['linear', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
    ['exponential', [5, 10, 20, 40, 80, 100]],
    ['canary', [10, 100]],
    ['all-at-once', [100]],
    ['CodeDeployDefault.ECSCanary10Percent5Minutes', [10, 100]],
    [
      'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
    ],
    ['CodeDeployDefault.ECSAllAtOnce', [100]],
    [{ preset: 'linear', step: 33.3, bake: '1m' }, [33.3, 66.6, 99.9, 100]],
    [{ preset: 'exponential', step: 1 }, [1, 2, 4, 8, 16, 32, 64, 100]],
    [{ preset: 'canary', step: 100 }, [100]],
    [
      [
        { weight: 0.1, bake: '1s' },
        { weight: 100, bake: '1s' },
      ],
      [0.1, 100],
    ],
  ])('%j gives %j', (plan, expected) => {
    expect(weights(plan)).toEqual(expected)
  })

  it('of any preset rises to 100', () => {
    const presets = fc.record({
      preset: fc.constantFrom('linear', 'exponential', 'canary', 'all-at-once'),
      step: fc.integer({ min: 100, max: 1000 }).map((tenths) => tenths / 10),
    })
    fc.assert(
      fc.property(presets, (preset) => {
        const found = weights(preset)
        expect(found.at(-1)).toBe(100)
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
      }),
    )
  })
})

const metric = (changes: Record<string, unknown>) => ({
  type: 'metric',
  name: 'm',
  source: { namespace: 'n', metric: 'm' },
  above: 1,
  ...changes,
})

describe('a broken definition is refused with path, value and mend:', () => {
  const refusal = (changes: Record<string, unknown>) => {
    try {
      parseDefinition(definition(changes))
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : ''
    }
    return 'accepted'
  }

  it.each([
    [{ plan: [{ weight: 50, bake: '1m' }] }, 'plan.0.weight (50): the last step must be 100'],
    [{ plan: 'fast' }, 'plan ("fast"): "fast" is no known plan; use one of linear,'],
    [{ plan: [] }, 'plan ([]): a plan needs at least one step'],
    [
      {
        plan: [
          { weight: 60, bake: '1m' },
          { weight: 40, bake: '1m' },
        ],
      },
      'plan.1.weight (40): weights must rise: 40 follows 60',
    ],
    [{ plan: [{ weight: 0, bake: '1m' }] }, 'plan.0.weight (0): a weight is above 0'],
    [{ plan: [{ weight: 12.34, bake: '1m' }] }, 'plan.0.weight (12.34): a weight has at most one'],
    [{ plan: [{ weight: 100, bake: 'x' }] }, 'plan.0.bake ("x"): "x" is not a duration'],
    [{ interval: '0s' }, 'interval ("0s"): "0s" is out of range; use from 1s to 1h'],
    [{ interval: 30 }, 'interval (30)'],
    [{ plans: 'linear' }, 'plans: is no field of a definition; remove it or correct its name'],
    [{ canary: 'a b' }, 'canary ("a b"): use 1 to 64 letters'],
    [{ checks: [] }, 'checks ([]): a canary needs at least one check'],
    [{ checks: [{ type: 'magic' }] }, 'checks.0.type ("magic"): '],
    [{ router: undefined }, 'router: is missing'],
    [{ checks: [{ type: 'ecs' }, { type: 'ecs' }] }, 'checks.1.name ("ecs"): two checks are named'],
    [{ router: { type: 'alb' } }, 'router ({"type":"alb"}): give either "rule" or "listener"'],
    [{ router: { type: 'alb', rule: 'rule/1' } }, 'router.rule ("rule/1"): use an ARN such as'],
    [{ canary: 'web-guard' }, 'canary ("web-guard"): use 1 to 64 letters'],
    [
      {
        router: {
          type: 'alb',
          rule: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/x',
        },
      },
      'router.rule ("arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/x"): use an ARN',
    ],
    [
      { checks: [metric({ period: '45s' })] },
      'checks.0.period ("45s"): is no period of CloudWatch',
    ],
    [
      { checks: [metric({ source: { namespace: 'n', metric: 'm', statistic: 'Summ' } })] },
      'checks.0.source.statistic ("Summ"): use a statistic of CloudWatch',
    ],
    [{ router: { type: 'nginx' } }, 'router.type'],
    [
      { slots: { blue: slots.blue, green: { ...slots.green, service: 'web-blue' } } },
      'slots.green.service ("web-blue"): blue and green are the same service',
    ],
    [
      { slots: { blue: slots.blue, green: { ...slots.green, targetGroup: targetGroup('blue') } } },
      'blue and green share a target group',
    ],
    [
      { slots: { blue: slots.blue, green: { cluster: 'shop', service: 'g' } } },
      'slots.green.targetGroup: is missing; the alb router needs',
    ],
    [
      { checks: [{ type: 'metric', name: 'm', source: { namespace: 'n', metric: 'm' } }] },
      'checks.0 ("m"): set "above" or "below"',
    ],
    [
      {
        router: { type: 'route53', hostedZone: 'Z1', record: 'shop.example.com' },
        checks: [
          {
            type: 'metric',
            name: 'm',
            source: {
              namespace: 'n',
              metric: 'm',
              dimensions: { LoadBalancer: '$' + '{loadBalancer}' },
            },
            above: 1,
          },
        ],
      },
      "needs the slot's loadBalancer, which is missing",
    ],
  ])('%j', (changes, expected) => {
    expect(refusal(changes)).toContain('DefinitionInvalid: broken definition: ')
    expect(refusal(changes)).toContain(expected)
  })

  it('looks that outgrow the execution’s history, with the interval that would fit', () => {
    const long = { plan: [{ weight: 100, bake: '7d' }], maxExtension: '0s' }
    const refused = refusal({ ...long, interval: '30s' })
    const fitting = /use at least (\w+)/.exec(refused)?.[1]
    expect(refused).toContain('interval ("30s"): could need 20311 looks')
    expect(refusal({ ...long, interval: fitting })).toBe('accepted')
  })

  it('any JSON at all, without another kind of error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseDefinition(value)).toThrow(/^broken definition: /)
      }),
    )
  })
})

describe('a definition', () => {
  it('takes clusters and services by name or ARN', () => {
    const arn = 'arn:aws:ecs:us-east-1:123456789012:service/shop/web-green'
    const green = {
      ...slots.green,
      cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/shop',
      service: arn,
    }
    expect(parseDefinition(definition({ slots: { ...slots, green } })).slots.green).toMatchObject({
      cluster: 'shop',
      service: 'web-green',
    })
  })

  it('needs only slots, router and plan', () => {
    const { canary, plan, router } = definition()
    const parsed = parseDefinition({ canary, slots, router, plan })
    expect(parsed).toMatchObject({
      live: 'blue',
      interval: 30,
      onNewRevision: 'supersede',
      onInconclusive: 'fail-back',
      capacity: { policy: 'wait', deadline: 600 },
      checks: [{ type: 'ecs', maxStoppedTasks: 0 }, { type: 'targets' }, { type: 'compare' }],
    })
  })
})
