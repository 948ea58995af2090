import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import * as route53 from '@aws-sdk/client-route-53'
import FakeTimers from '@sinonjs/fake-timers'
import { afterEach, describe, expect, test } from 'vitest'
import { createRoute53Router } from '../../../adapters/route53-router.ts'
import { RouterError, TransientError } from '../../../core/errors.ts'
import type { TrafficRouter } from '../../../core/ports.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'
import { routerContract } from './contract.ts'
import {
  aliasPair,
  createDualStackWorld,
  createPlainWorld,
  createZone,
  NAME,
  plainPair,
} from './route53-world.ts'

routerContract('a pair of A records', createPlainWorld)
routerContract('A records and AAAA aliases', createDualStackWorld)

/** Neither reading nor setting passes, both say the same, and nothing is written. */
async function refused(
  world: Awaited<ReturnType<typeof createZone>>,
  router: TrafficRouter,
  message: RegExp,
) {
  const before = world.standing()
  for (const attempt of [router.read(), router.set({ blue: 1, green: 1 })]) {
    await expect(attempt).rejects.toThrow(RouterError)
    await expect(attempt).rejects.toThrow(message)
  }
  expect(world.standing()).toEqual(before)
  expect(world.network.asked).not.toContain('ChangeResourceRecordSets')
}

const simple: ResourceRecordSet = {
  Name: NAME,
  Type: 'A',
  TTL: 30,
  ResourceRecords: [{ Value: '192.0.2.9' }],
}

describe('the records that the route53 router takes', () => {
  test('both types change in one batch, with a comment that says what', async () => {
    const world = await createZone([...plainPair('A'), ...plainPair('AAAA')])
    await world.routerOf().set({ blue: 1, green: 9 })
    expect(world.standing().filter(({ Weight }) => Weight === 9)).toHaveLength(2)
    expect(world.network.asked).toEqual(['ListResourceRecordSets', 'ChangeResourceRecordSets'])
    const changes = [...world.route53.state.changes.values()]
    expect(changes.at(-1)).toMatchObject({ comment: 'sluice: blue 1, green 9' })
  })

  test('AAAA alone is as good as A', async () => {
    const world = await createZone(aliasPair('AAAA'))
    expect(await world.routerOf().read()).toMatchObject({ weights: { blue: 3, green: 1 }, ttl: 60 })
  })

  test('an alias is held by clients for as long as the definition says, a record for its own TTL', async () => {
    const aliases = await createZone(aliasPair('A'))
    expect((await aliases.routerOf({ aliasTtl: 1 }).read()).ttl).toBe(1)
    const both = await createZone([...plainPair('A'), ...aliasPair('AAAA')])
    expect((await both.routerOf({ aliasTtl: 1 }).read()).ttl).toBe(30)
  })

  test.each(['shop.example.com', 'shop.example.com.', 'Shop.EXAMPLE.com'])(
    'the name %s is that name, however it is written',
    async (record) => {
      const world = await createZone(plainPair('A'))
      expect((await world.routerOf({ record }).read()).weights).toEqual({ blue: 3, green: 1 })
    },
  )

  test('a wildcard is found by its star, which Route 53 gives back escaped', async () => {
    const world = await createZone(plainPair('A', { blue: 3, green: 1 }, { Name: `*.${NAME}` }))
    const router = world.routerOf({ record: '*.shop.example.com' })
    await router.set({ blue: 1, green: 9 })
    expect((await router.read()).weights).toEqual({ blue: 1, green: 9 })
  })

  test('a hosted zone may be given with its prefix, and a slot may have its own identifier', async () => {
    const [blue, green] = plainPair('A')
    if (!blue || !green) throw new Error('no pair')
    const world = await createZone([{ ...blue, SetIdentifier: 'Blue one' }, green])
    const router = world.routerOf({
      hostedZone: `/hostedzone/${world.hostedZone}`,
      blue: { setIdentifier: 'Blue one' },
    })
    expect((await router.read()).weights).toEqual({ blue: 3, green: 1 })
  })

  test('failure 12: records are found on whatever page of a large zone', async () => {
    // A page holds 300 records; the name itself has more than that before its pair is complete.
    const many = Array.from({ length: 320 }, (_, index) => ({
      Name: NAME,
      Type: 'A' as const,
      SetIdentifier: `c${String(index).padStart(3, '0')}`,
      Weight: 0,
      TTL: 30,
      ResourceRecords: [{ Value: '192.0.2.9' }],
    }))
    const others = Array.from({ length: 150 }, (_, index) => ({
      ...simple,
      Name: `host-${index}.example.com.`,
    }))
    const world = await createZone([...others, ...many, ...plainPair('A'), ...plainPair('AAAA')])
    const before = world.standing().filter((one) => one.Weight === 0 || one.Weight === undefined)

    await world.routerOf().set({ blue: 1, green: 9 })

    expect(world.network.asked.filter((one) => one === 'ListResourceRecordSets')).toHaveLength(2)
    expect((await world.routerOf().read()).weights).toEqual({ blue: 1, green: 9 })
    expect(world.standing().filter((one) => one.Weight === 0 || one.Weight === undefined)).toEqual(
      before,
    )
  })

  test('the listing is left at the first other name', async () => {
    const others = Array.from({ length: 400 }, (_, index) => ({
      ...simple,
      Name: `z-${index}.example.com.`,
    }))
    const world = await createZone([...plainPair('A'), ...others])
    await world.routerOf().read()
    expect(world.network.asked).toEqual(['ListResourceRecordSets'])
  })
})

describe('the records that the route53 router refuses', () => {
  test('none at all', async () => {
    const world = await createZone([])
    await refused(
      world,
      world.routerOf(),
      /shop\.example\.com in hosted zone \w+ has no A or AAAA record; create weighted records with SetIdentifier "blue" and "green"/,
    )
  })

  test('failure 8: names are never compared by substring', async () => {
    const world = await createZone([
      ...plainPair('A', { blue: 3, green: 1 }, { Name: 'green-app.example.com.' }),
      ...plainPair('A', { blue: 3, green: 1 }, { Name: 'app.example.com.example.com.' }),
      ...plainPair('A', { blue: 3, green: 1 }, { Name: 'www.app.example.com.' }),
    ])
    await refused(world, world.routerOf({ record: 'app.example.com' }), /has no A or AAAA record/)
  })

  test('failure 8: identifiers are never compared by substring', async () => {
    const world = await createZone(
      plainPair('A').map((record) => ({
        ...record,
        SetIdentifier: `my-${record.SetIdentifier}`,
        Weight: 0,
      })),
    )
    await refused(world, world.routerOf(), /A of .* has no record with SetIdentifier "blue"/)
  })

  test('one slot alone', async () => {
    const world = await createZone(plainPair('A').slice(0, 1))
    await refused(
      world,
      world.routerOf(),
      /has no record with SetIdentifier "green"; create it as a weighted record for green, weight 0 if green is not live/,
    )
  })

  test('a second type for one slot alone: half of the traffic would not move', async () => {
    const world = await createZone([...plainPair('A'), ...plainPair('AAAA').slice(0, 1)])
    await refused(world, world.routerOf(), /AAAA of .* has no record with SetIdentifier "green"/)
  })

  test('a record that is not weighted', async () => {
    const world = await createZone([simple])
    await refused(
      world,
      world.routerOf(),
      /has a record that is not weighted; replace it by weighted/,
    )
  })

  test('a third record with weight, by its identifier', async () => {
    const [blue] = plainPair('A')
    if (!blue) throw new Error('no pair')
    const third = { ...blue, SetIdentifier: 'bluegreen', Weight: 2 }
    const world = await createZone([...plainPair('A'), third])
    await refused(
      world,
      world.routerOf(),
      /has a third record "bluegreen" with weight 2; set its weight to 0 or delete it/,
    )
    const change = await world.routerOf().set({ blue: 3, green: 1 }, 'kept')
    expect(await world.routerOf().verify(change, 'kept')).not.toMatchObject({ kind: 'different' })
    await world.upsert({ ...third, Weight: 0 })
    expect((await world.routerOf().read()).weights).toEqual({ blue: 3, green: 1 })
  })

  test('a hosted zone that does not exist', async () => {
    const world = await createZone(plainPair('A'))
    await refused(
      world,
      world.routerOf({ hostedZone: 'Z0NOTHERE' }),
      /hosted zone Z0NOTHERE does not exist; correct router\.hostedZone/,
    )
  })

  test('records that a traffic policy made, which alone may change them', async () => {
    const { config, inputs } = scriptedService('route53', route53, {
      ListResourceRecordSets: () => ({
        ResourceRecordSets: plainPair('A').map((record) => ({
          ...record,
          TrafficPolicyInstanceId: 'policy-1',
        })),
        IsTruncated: false,
        MaxItems: 300,
      }),
    })
    const slot = { cluster: 'main', service: 'shop' }
    const router = createRoute53Router(
      new route53.Route53Client(config),
      { type: 'route53', hostedZone: 'Z1', record: NAME },
      { blue: slot, green: slot },
    )
    const set = router.set({ blue: 1, green: 1 })
    await expect(set).rejects.toThrow(RouterError)
    await expect(set).rejects.toThrow(/"blue" from traffic policy instance policy-1/)
    expect(inputs).toHaveLength(1)
  })

  test('weights that no baseline can hold, while setting the weights mends them', async () => {
    const world = await createZone([
      ...plainPair('A', { blue: 3, green: 1 }),
      ...plainPair('AAAA', { blue: 1, green: 3 }),
    ])
    const router = world.routerOf()
    const read = router.read()
    await expect(read).rejects.toThrow(RouterError)
    await expect(read).rejects.toThrow(/blue 3, green 1 for A but blue 1, green 3 for AAAA/)

    await world.upsert(...plainPair('A', { blue: 0, green: 0 }))
    await world.upsert(...plainPair('AAAA', { blue: 0, green: 0 }))
    const allZero = router.read()
    await expect(allZero).rejects.toThrow(RouterError)
    await expect(allZero).rejects.toThrow(/has weight 0 for blue and for green/)

    const change = await router.set({ blue: 3, green: 1 })
    expect(await router.verify(change)).toMatchObject({ kind: 'in-sync' })
  })

  test('a write that Route 53 refuses, with what it says', async () => {
    const world = await createZone(plainPair('A'))
    world.network.refuse('ChangeResourceRecordSets', 'InvalidChangeBatch')
    const set = world.routerOf().set({ blue: 1, green: 9 })
    await expect(set).rejects.toThrow(RouterError)
    await expect(set).rejects.toThrow(
      /Route 53 refused blue 1, green 9 for shop\.example\.com .*InvalidChangeBatch/,
    )
  })
})

describe('the way of a change through Route 53', () => {
  let clock: FakeTimers.Clock | undefined
  afterEach(() => clock?.uninstall())
  const installClock = () => {
    clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    return clock
  }

  test('it is pending until Route 53 says that it is everywhere', async () => {
    const time = installClock()
    const world = await createZone(plainPair('A'), { inSyncAfterMs: 30_000 })
    const router = world.routerOf()
    const change = await router.set({ blue: 1, green: 9 })

    await time.tickAsync(29_999)
    expect(await router.verify(change)).toEqual({
      kind: 'pending',
      reason: `Route 53 still spreads the change ${change.id}`,
    })
    await time.tickAsync(1)
    expect(await router.verify(change)).toMatchObject({ kind: 'in-sync', routing: { ttl: 30 } })
  })

  test('one type that a person set by itself is told as different', async () => {
    const world = await createZone([...plainPair('A'), ...plainPair('AAAA')])
    const router = world.routerOf()
    const change = await router.set({ blue: 1, green: 9 })
    await world.upsert(...plainPair('AAAA', { blue: 5, green: 5 }))
    expect(await router.verify(change)).toMatchObject({
      kind: 'different',
      routing: { weights: { blue: 5, green: 5 } },
      reason: expect.stringMatching(/^AAAA of shop\.example\.com/),
    })
  })

  test('a change that Route 53 has forgotten is judged by what stands there', async () => {
    const world = await createZone(plainPair('A'))
    const router = world.routerOf()
    await router.set({ blue: 1, green: 9 })
    const forgotten = (weights: { blue: number; green: number }) =>
      router.verify({ id: '/change/C0FORGOTTEN', weights })
    expect(await forgotten({ blue: 1, green: 9 })).toMatchObject({ kind: 'in-sync' })
    expect(await forgotten({ blue: 9, green: 1 })).toMatchObject({ kind: 'different' })
  })

  test('a throttle while asking how far it is leaves it open', async () => {
    const world = await createZone(plainPair('A'))
    const router = world.routerOf()
    const change = await router.set({ blue: 1, green: 9 })
    world.network.refuse('GetChange', 'Throttling')
    await expect(router.verify(change)).rejects.toThrow(TransientError)
  })

  test('a busy zone is asked again by the client, with a pause between', async () => {
    const time = installClock()
    const world = await createZone(plainPair('A'))
    const router = world.routerOf({}, { maxAttempts: 3 })
    world.route53.busy(world.hostedZone, 2)

    const set = router.set({ blue: 1, green: 9 })
    let done = false
    const settled = set.finally(() => {
      done = true
    })
    while (!done) await time.tickAsync(1_000)

    expect(await settled).toMatchObject({ weights: { blue: 1, green: 9 } })
    expect(world.network.asked.filter((one) => one === 'ChangeResourceRecordSets')).toHaveLength(3)
  })

  test('a zone that stays busy is a transient error, not a shift', async () => {
    const world = await createZone(plainPair('A'))
    world.route53.busy(world.hostedZone, 1)
    const set = world.routerOf().set({ blue: 1, green: 9 })
    await expect(set).rejects.toThrow(TransientError)
    await expect(set).rejects.toThrow('PriorRequestNotComplete')
    expect((await world.routerOf().read()).weights).toEqual({ blue: 3, green: 1 })
  })
})
