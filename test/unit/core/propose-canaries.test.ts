import { describe, expect, it } from 'vitest'
import { definitionSchema } from '../../../core/model/definition.ts'
import type { FoundForward, FoundRecord, FoundService } from '../../../core/operator-ports.ts'
import { proposeCanaries } from '../../../core/use-cases/propose-canaries.ts'

const group = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/0123456789abcdef`
const RULE =
  'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/0123456789abcdef/0123456789abcdef/0123456789abcdef'
const service = (name: string, ...groups: string[]): FoundService => ({
  cluster: 'main',
  service: name,
  targetGroups: groups.map(group),
})
const forward = (
  groups: Readonly<Record<string, number>>,
  more: Partial<FoundForward> = {},
): FoundForward => ({
  place: { rule: RULE },
  told: 'shop:80, the rule for path /',
  dnsName: 'shop.elb.example.com',
  targetGroups: Object.entries(groups).map(([name, weight]) => ({ arn: group(name), weight })),
  ...more,
})
const propose = (
  services: FoundService[],
  forwards: FoundForward[] = [],
  records: FoundRecord[] = [],
) =>
  proposeCanaries({
    landscape: {
      services: async () => services,
      forwards: async () => forwards,
      records: async () => records,
    },
  })

describe('a canary is proposed', () => {
  it('for two services that a rule forwards to, named without their slots', async () => {
    const { canaries } = await propose(
      [service('shop-green', 'shop-green'), service('shop-blue', 'shop-blue')],
      [forward({ 'shop-green': 100, 'shop-blue': 0 })],
    )
    expect(canaries).toEqual([
      {
        canary: 'shop',
        told: 'shop:80, the rule for path /',
        live: 'green',
        slots: {
          blue: { cluster: 'main', service: 'shop-blue', targetGroup: group('shop-blue') },
          green: { cluster: 'main', service: 'shop-green', targetGroup: group('shop-green') },
        },
        router: { type: 'alb', rule: RULE },
      },
    ])
    const [{ told: _, ...definition } = { told: '' }] = canaries
    expect(definitionSchema.safeParse({ ...definition, plan: 'linear' }).success).toBe(true)
  })

  it('with blue as what is live, where names tell no slot', async () => {
    const { canaries } = await propose(
      [service('api-a', 'a'), service('api-b', 'b')],
      [forward({ a: 0, b: 1 })],
    )
    expect(canaries[0]).toMatchObject({
      canary: 'api',
      live: 'blue',
      slots: { blue: { service: 'api-b' }, green: { service: 'api-a' } },
    })
  })

  it('for two load balancers between which records split the traffic', async () => {
    const { canaries } = await propose(
      [service('one', 'one'), service('two', 'two')],
      [
        forward({ one: 1 }, { dnsName: 'one.elb.example.com' }),
        forward({ two: 1 }, { dnsName: 'Two.elb.example.com' }),
      ],
      [
        record('primary', 255, 'one.elb.example.com'),
        record('secondary', 0, 'two.elb.example.com'),
      ],
    )
    expect(canaries).toMatchObject([
      {
        live: 'blue',
        slots: {
          blue: { service: 'one', setIdentifier: 'primary' },
          green: { service: 'two', setIdentifier: 'secondary' },
        },
        router: { type: 'route53', hostedZone: 'Z1', record: 'api.example.com' },
      },
    ])
  })

  it('under a name of its own, where two would have the same', async () => {
    const other = RULE.replace(/.$/, '0')
    const { canaries } = await propose(
      [service('shop-blue', 'b1', 'b2'), service('shop-green', 'g1', 'g2')],
      [forward({ b1: 1, g1: 0 }), forward({ b2: 1, g2: 0 }, { place: { rule: other } })],
    )
    expect(canaries.map(({ canary }) => canary)).toEqual(['shop', 'shop-2'])
  })
})

describe('what is nearly a canary is told with what it lacks', () => {
  it.each([
    [
      'a target group without a service',
      [service('shop-blue', 'b')],
      [forward({ b: 1, g: 0 })],
      'no service registers its tasks in the target group g',
    ],
    [
      'a target group of two services',
      [service('one', 'b'), service('two', 'b'), service('three', 'g')],
      [forward({ b: 1, g: 0 })],
      'several services register their tasks in the target group b',
    ],
    [
      'a rule that forwards to one of a pair',
      [service('shop-blue', 'b'), service('shop-green', 'g')],
      [forward({ b: 1 })],
      'it forwards to main/shop-blue alone; make it forward to the target group of main/shop-green too, with weight 0',
    ],
  ])('%s', async (_, services, forwards, lacks) => {
    const proposals = await propose(services, forwards)
    expect(proposals.canaries).toEqual([])
    expect(proposals.nearly.map((one) => one.lacks)).toEqual([lacks])
  })

  it('and of what has nothing of a pair nothing is told', async () => {
    const three = forward({ a: 1, b: 1, c: 1 })
    expect(await propose([service('bluetooth', 'a')], [forward({ a: 1 }), three])).toEqual({
      canaries: [],
      nearly: [],
    })
  })
})

const record = (setIdentifier: string, weight: number, alias: string): FoundRecord => ({
  hostedZone: 'Z1',
  record: 'api.example.com',
  setIdentifier,
  weight,
  alias,
})
