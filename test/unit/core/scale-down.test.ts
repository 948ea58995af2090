import { beforeEach, describe, expect, it } from 'vitest'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { claimed } from '../../../core/model/canary-state.ts'
import { scaleDown } from '../../../core/use-cases/scale-down.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, targetGroup, type World } from '../../fixtures/world.ts'

const BLUE = 'shop/web-blue'

let world: World
let drive: Drive

/** A rollout of green was promoted, and blue is idle: it has two tasks of `web:1`, and an autoscaling minimum of 2. */
beforeEach(async () => {
  world = createWorld()
  world.bounds.set(BLUE, { minimum: 2, maximum: 8 })
  await promoted({ scaleDown: { after: '2h', to: 0 } })
})

async function promoted(changes: Record<string, unknown>): Promise<void> {
  world.store.definitions.set('web', definition(changes))
  drive = await startRollout(world)
  await drive.until('Ended')
}

/** Runs the state after `Keep Warm`. */
const run = () => scaleDown(world.ports, { execution: 'web-1', input: drive.position })
const wanted = () => world.services.get(BLUE)?.desiredCount
const minimum = () => world.bounds.get(BLUE)?.minimum
const state = () => {
  const found = world.store.states.get('web')
  if (!found) throw new Error('the canary has no state')
  return found
}
const edit = (changes: object) => world.store.states.set('web', { ...state(), ...changes })

describe('after a promotion', () => {
  it('the execution keeps the old slot warm for as long as the definition says', () => {
    expect(drive.position).toMatchObject({ decision: 'promoted', keepWarm: 7_200 })
  })

  it('without scaleDown the execution ends, and the old slot stays as it is', async () => {
    world = createWorld()
    await promoted({})
    expect(drive.position).not.toHaveProperty('keepWarm')
    await expect(run()).rejects.toThrow('rollout web-1 was not promoted; its slots keep their')
    expect(wanted()).toBe(2)
  })

  it('a rollout that failed back keeps no slot warm', async () => {
    world = createWorld()
    world.targets.set(targetGroup('green'), ['unhealthy'])
    await promoted({ scaleDown: {}, ready: { timeout: '1s' } })
    expect(drive.position).toMatchObject({ decision: 'failed-back' })
    expect(drive.position).not.toHaveProperty('keepWarm')
    await expect(run()).rejects.toThrow('was not promoted')
    expect(world.calls).not.toContain('setDesiredCount')
  })
})

describe('scaling down', () => {
  it('takes the tasks and the autoscaling minimum of the old slot, and says so', async () => {
    const position = await run()
    expect([wanted(), minimum()]).toEqual([0, 0])
    expect(position).toMatchObject({
      decision: 'promoted',
      reason: 'scaled down: shop/web-blue from 2 tasks to 0',
    })
    expect(newestRollout(world).timeline.at(-1)).toMatchObject({
      what: 'scaled down',
      why: 'shop/web-blue from 2 tasks to 0',
      who: 'web-1',
    })
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('writes down what it takes before it takes it', async () => {
    world.faults.set('setMinimum', [new TransientError('reset')])
    await expect(run()).rejects.toThrow('reset')
    expect([wanted(), minimum()]).toEqual([2, 2])
    expect(state().scaledDown).toEqual({
      slot: 'blue',
      rollout: 'web-1',
      to: 0,
      desiredCount: 2,
      minimum: 2,
    })
  })

  it('a retry after a lost answer ends the same, and remembers what stood first', async () => {
    world.faults.set('setDesiredCount', [new TransientError('reset')])
    await expect(run()).rejects.toThrow('reset')
    await run()
    await run()
    expect([wanted(), minimum()]).toEqual([0, 0])
    expect(state().scaledDown).toMatchObject({ desiredCount: 2, minimum: 2 })
  })

  it('may leave some tasks', async () => {
    world = createWorld()
    world.bounds.set(BLUE, { minimum: 2, maximum: 8 })
    await promoted({ scaleDown: { after: '1m', to: 1 } })
    await run()
    expect([wanted(), minimum()]).toEqual([1, 1])
  })

  it('takes none where there are no more', async () => {
    world = createWorld()
    await promoted({ scaleDown: { to: 2 } })
    expect((await run()).reason).toBe(
      'not scaled down: shop/web-blue wants 2 tasks, no more than 2',
    )
    expect(state()).not.toHaveProperty('scaledDown')
  })

  it('a service that is refused is told of, and the rollout stays promoted', async () => {
    world.faults.set('setDesiredCount', [new ProviderError('not allowed')])
    expect(await run()).toMatchObject({
      decision: 'promoted',
      reason: 'not scaled down: not allowed',
    })
    expect(newestRollout(world)).toMatchObject({ outcome: 'promoted', status: 'promoted' })
  })
})

describe('nothing is scaled down', () => {
  it.each<[string, () => void, string]>([
    [
      'while another rollout is active',
      () => world.store.states.set('web', claimed(state(), 'web:3')),
      'web-2 is active',
    ],
    ['where live has changed', () => edit({ live: 'blue' }), 'blue is live again'],
    ['where another one has ended since', () => edit({ lastRollout: 'web-2' }), 'web-2 has ended'],
    [
      'where another one is wanted',
      () => edit({ triggered: false }),
      'Triggered was reset: another rollout is wanted',
    ],
    [
      'while the router gives it anything',
      () => {
        world.router.weights = { blue: 1, green: 998 }
      },
      'rule/1 gives blue a weight of 1',
    ],
    [
      'that runs another revision than the one that was live',
      () => void world.services.set(BLUE, service('web-blue', 'web:3')),
      'shop/web-blue now runs web:3: somebody deployed to it',
    ],
    ['that ECS does not know any more', () => void world.services.delete(BLUE), 'ECS has no'],
  ])('%s', async (_, change, why) => {
    change()
    world.calls.length = 0
    const position = await run()
    expect(position.reason).toContain(`not scaled down: ${why}`)
    expect(world.calls).not.toContain('setDesiredCount')
    expect(world.calls).not.toContain('setMinimum')
    expect(state()).not.toHaveProperty('scaledDown')
    expect(newestRollout(world).timeline.at(-1)?.what).toBe('not scaled down')
  })

  it('where a rollout is claimed between the look and the write', async () => {
    world.store.beforeWrite = () => {
      world.store.beforeWrite = () => {}
      world.store.states.set('web', claimed(state(), 'web:3'))
    }
    expect((await run()).reason).toBe('not scaled down: web-2 is active')
    expect([wanted(), minimum()]).toEqual([2, 2])
  })

  it.each<[string, () => void, string]>([
    [
      'a rollout that is claimed while the tasks are taken',
      () => world.store.states.set('web', claimed(state(), 'web:3')),
      'web-2 is active',
    ],
    [
      'a revision that is deployed while the tasks are taken',
      () => void world.services.set(BLUE, service('web-blue', 'web:3', { desiredCount: 0 })),
      'shop/web-blue now runs web:3: somebody deployed to it',
    ],
  ])('%s gets them back', async (_, meanwhile, why) => {
    const { setDesiredCount } = world.reach.services
    let calls = 0
    world.reach.services.setDesiredCount = async (ref, count) => {
      await setDesiredCount(ref, count)
      if (calls++ === 0) meanwhile()
    }
    expect((await run()).reason).toBe(`not scaled down: ${why}; shop/web-blue has its 2 tasks back`)
    expect([wanted(), minimum()]).toEqual([2, 2])
    expect(state()).not.toHaveProperty('scaledDown')
  })
})

describe('a try that was cut short when it had taken something', () => {
  /** The first try takes what it takes, and the workflow calls again. */
  async function cutShort(method: string): Promise<void> {
    world.faults.set(method, [new TransientError('reset')])
    await expect(run()).rejects.toThrow('reset')
  }

  it.each([
    ['the minimum', 'setDesiredCount', [2, 0]],
    ['all', 'describe', [0, 0]],
  ] as const)('gives %s back to a rollout that began meanwhile', async (_, method, taken) => {
    if (method === 'describe') {
      const { setDesiredCount } = world.reach.services
      world.reach.services.setDesiredCount = async (ref, count) => {
        world.reach.services.setDesiredCount = setDesiredCount
        await setDesiredCount(ref, count)
        world.faults.set('describe', [new TransientError('reset')])
      }
      await expect(run()).rejects.toThrow('reset')
    } else await cutShort(method)
    expect([wanted(), minimum()]).toEqual(taken)
    edit(claimed(state(), 'web:3'))
    expect((await run()).reason).toBe(
      'not scaled down: web-2 is active; shop/web-blue has its 2 tasks back',
    )
    expect([wanted(), minimum()]).toEqual([2, 2])
    expect(state()).not.toHaveProperty('scaledDown')
  })

  it('leaves what somebody has set since', async () => {
    await cutShort('setDesiredCount')
    world.services.set(BLUE, service('web-blue', 'web:3', { desiredCount: 4 }))
    world.bounds.set(BLUE, { minimum: 3, maximum: 8 })
    expect((await run()).reason).toContain('somebody deployed to it')
    expect([wanted(), minimum()]).toEqual([4, 3])
  })
})

describe('the rollout after a scale down', () => {
  beforeEach(async () => {
    await run()
  })

  it('is refused with the number of tasks where nobody has raised the desired count', async () => {
    world.services.set(BLUE, service('web-blue', 'web:3', { desiredCount: 0 }))
    const next = await startRollout(world).catch((error: Error) => error)
    expect(String(next)).toContain(
      "shop/web-blue's desired count is 0; it was scaled down after web-1: set it to 2 again, and its first task starts a rollout",
    )
  })

  it('is refused by Prepare as well, which sees the count as it stands then', async () => {
    world.services.set(BLUE, service('web-blue', 'web:3'))
    const next = await startRollout(world)
    world.services.set(BLUE, service('web-blue', 'web:3', { desiredCount: 0 }))
    await next.until('Ended')
    expect(next.position.reason).toContain(
      'its desired count is 0, so nothing could take traffic; it was scaled down after web-1: set it to 2 again',
    )
    expect(world.router.weights).toEqual({ blue: 0, green: 999 })
  })

  it.each(['wait', 'scale', 'off'])(
    'gives the autoscaling minimum back when it is promoted, with the policy %s',
    async (policy) => {
      world.store.definitions.set('web', definition({ scaleDown: {}, capacity: { policy } }))
      world.services.set(BLUE, service('web-blue', 'web:3'))
      await (await startRollout(world)).until('Ended')
      expect(state()).toMatchObject({ live: 'blue' })
      expect(state()).not.toHaveProperty('scaledDown')
      expect([wanted(), minimum()]).toEqual([2, 2])
    },
  )

  it('leaves a minimum that somebody has set since', async () => {
    world.bounds.set(BLUE, { minimum: 1, maximum: 8 })
    world.services.set(BLUE, service('web-blue', 'web:3'))
    await (await startRollout(world)).until('Ended')
    expect(state().live).toBe('blue')
    expect(minimum()).toBe(1)
  })

  it('leaves the slot scaled down, and remembers what it had, where it fails back', async () => {
    world.services.set(BLUE, service('web-blue', 'web:3'))
    world.targets.set(targetGroup('blue'), ['unhealthy'])
    const next = await startRollout(world)
    await next.until('Ended')
    expect(next.position.decision).toBe('failed-back')
    expect(minimum()).toBe(0)
    expect(state().scaledDown).toMatchObject({ slot: 'blue', minimum: 2, rollout: 'web-1' })
  })
})
