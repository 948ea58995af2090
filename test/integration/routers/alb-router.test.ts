import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import { beforeEach, describe, expect, test } from 'vitest'
import { createAlbRouter } from '../../../adapters/alb-router.ts'
import { RouterError } from '../../../core/errors.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'
import {
  createListenerWorld,
  createLoadBalancer,
  createRuleWorld,
  FIXED,
  splitting,
} from './alb-world.ts'
import { routerContract } from './contract.ts'

routerContract('a listener rule', createRuleWorld)
routerContract('a listener’s default action', createListenerWorld)

describe('the alb router', () => {
  let world: Awaited<ReturnType<typeof createLoadBalancer>>
  let listener: string
  beforeEach(async () => {
    world = await createLoadBalancer()
    listener = await world.createListener(80, [FIXED])
  })

  const forwardTo = (...groups: [arn: string, weight: number][]): Action[] => [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
      },
    },
  ]

  /** Neither reading nor setting passes, both say the same, and nothing is written. */
  async function refused(router: ReturnType<typeof world.routerOf>, message: RegExp) {
    const before = structuredClone([...world.state.rules.values()])
    for (const attempt of [router.read(), router.set({ blue: 1, green: 1 })]) {
      await expect(attempt).rejects.toThrow(RouterError)
      await expect(attempt).rejects.toThrow(message)
    }
    expect([...world.state.rules.values()]).toEqual(before)
    expect(world.network.asked).not.toContain('ModifyRule')
    expect(world.network.asked).not.toContain('ModifyListener')
  }

  test('a rule that does not exist is refused by its ARN', async () => {
    const rule = `${listener.replace(':listener/', ':listener-rule/')}/0123456789abcdef`
    await refused(
      world.routerOf({ rule }),
      /listener-rule\/.*0123456789abcdef does not exist; correct router\.rule/,
    )
  })

  test('a listener that does not exist is refused by its ARN', async () => {
    await refused(
      world.routerOf({ listener: `${listener}0` }),
      /listener\/.*0 does not exist; correct router\.listener/,
    )
  })

  test('a listener’s default rule is refused, with the place that can be changed', async () => {
    const rule = `${listener.replace(':listener/', ':listener-rule/')}/default`
    await refused(world.routerOf({ rule }), /is a default rule.*as router\.listener/)
  })

  test('foreign target groups are refused by name, before any write', async () => {
    const { blue, green, foreign } = world.groups
    const rule = await world.createRule(listener, 1, forwardTo([blue, 1], [green, 0], [foreign, 0]))
    await refused(
      world.routerOf({ rule }),
      /also forwards to \S*targetgroup\/shop-green-2\/\S+, which is no slot/,
    )
  })

  test('a foreign target group is no obstacle to a fail back, which leaves it as it stands', async () => {
    const { blue, green, foreign } = world.groups
    const rule = await world.createRule(listener, 1, forwardTo([blue, 1], [green, 1], [foreign, 5]))
    const router = world.routerOf({ rule })
    const weights = { blue: 1, green: 0 }
    await expect(router.set(weights)).rejects.toMatchObject({ code: 'RouterRefused' })
    const change = await router.set(weights, 'kept')
    await expect(router.verify(change)).rejects.toMatchObject({ code: 'RouterRefused' })
    expect(await router.verify(change, 'kept')).toMatchObject({ kind: 'in-sync' })
    expect(world.state.rules.get(rule)?.actions).toMatchObject(
      forwardTo([blue, 1], [green, 0], [foreign, 5]),
    )
  })

  test('failure 8: a target group whose name begins like a slot’s is a foreign one', async () => {
    const { blue, foreign } = world.groups
    expect(foreign).toContain('shop-green')
    const rule = await world.createRule(listener, 1, forwardTo([blue, 1], [foreign, 0]))
    await refused(world.routerOf({ rule }), /also forwards to \S*shop-green-2/)
  })

  test.each([
    ['a forward to one group by shorthand', 'TargetGroupArn'],
    ['a weighted forward to one group', 'ForwardConfig'],
  ])('%s is refused, and told how to become a weighted one', async (_, form) => {
    const { blue } = world.groups
    const actions: Action[] =
      form === 'TargetGroupArn' ? [{ Type: 'forward', TargetGroupArn: blue }] : forwardTo([blue, 1])
    const rule = await world.createRule(listener, 1, actions)
    await refused(
      world.routerOf({ rule }),
      /forwards to \S*shop-blue\S* alone.*make it forward to \S*shop-blue\S* and \S*shop-green\S* with weights/,
    )
  })

  test('an action that does not forward is refused by what stands there', async () => {
    const rule = await world.createRule(listener, 1, [FIXED])
    await refused(world.routerOf({ rule }), /has fixed-response where one forward action is needed/)
  })

  test('the rule that splits is named where the listener’s default action does not, on whatever page', async () => {
    const { groups } = world
    // A page holds 400 rules.
    for (let priority = 1; priority <= 405; priority++) {
      await world.createRule(listener, priority, [FIXED])
    }
    const rule = await world.createRule(listener, 1_000, splitting(groups))

    const read = world.routerOf({ listener }).read()

    await expect(read).rejects.toThrow(RouterError)
    await expect(read).rejects.toThrow(`The slots stand in ${rule}: give that as router.rule`)
    expect(world.network.asked.filter((one) => one === 'DescribeRules')).toHaveLength(2)
  })

  test('failure 12: of more than a hundred rules one is rewritten', async () => {
    const { groups, state } = world
    for (let priority = 1; priority <= 120; priority++) {
      await world.createRule(listener, priority, splitting(groups))
    }
    const rule = await world.createRule(listener, 500, splitting(groups))
    const others = () => [...state.rules.values()].filter((one) => one.arn !== rule)
    const before = structuredClone(others())

    await world.routerOf({ rule }).set({ blue: 1, green: 9 })

    expect(others()).toEqual(before)
    expect(world.network.asked).toEqual(['DescribeRules', 'ModifyRule'])
  })

  test('a rule that somebody deletes between reading and writing is refused by its ARN', async () => {
    const rule = await world.createRule(listener, 1, splitting(world.groups))
    world.network.interrupt('ModifyRule', {
      kind: 'preceded',
      by: async () => world.state.rules.delete(rule),
    })
    const set = world.routerOf({ rule }).set({ blue: 1, green: 9 })
    await expect(set).rejects.toThrow(RouterError)
    await expect(set).rejects.toThrow(`${rule} does not exist`)
  })

  test.each([
    ['both weights zero', 0, /has weight 0 for blue and for green; give the live slot a weight/],
    ['no weights', undefined, /forwards to \S+ without a weight; give it one/],
  ])('a rule with %s is refused as a baseline', async (_, weight, message) => {
    const { blue, green } = world.groups
    const tuples = [blue, green].map((TargetGroupArn) => ({
      TargetGroupArn,
      ...(weight === undefined ? {} : { Weight: weight }),
    }))
    const { config } = scriptedService('elbv2', elbv2, {
      DescribeRules: () => ({
        Rules: [
          {
            RuleArn: 'rule',
            Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: tuples } }],
          },
        ],
      }),
    })
    const slot = (targetGroup: string) => ({ cluster: 'main', service: 'shop', targetGroup })
    const router = createAlbRouter(
      new elbv2.ElasticLoadBalancingV2Client(config),
      { type: 'alb', rule: 'rule' },
      { blue: slot(blue), green: slot(green) },
    )
    const read = router.read()
    await expect(read).rejects.toThrow(RouterError)
    await expect(read).rejects.toThrow(message)
  })
})
