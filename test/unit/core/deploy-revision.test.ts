import { beforeEach, describe, expect, it } from 'vitest'
import { InputError, RolloutActiveError, UnknownCanaryError } from '../../../core/errors.ts'
import { type CanaryState, claimed, newState, settled } from '../../../core/model/canary-state.ts'
import { type DeployRequest, deployRevision } from '../../../core/use-cases/deploy-revision.ts'
import { MemoryRevisions } from '../../fixtures/memory-revisions.ts'
import { createWorld, definition, service, type World } from '../../fixtures/world.ts'

let world: World
let revisions: MemoryRevisions
beforeEach(() => {
  world = createWorld()
  revisions = new MemoryRevisions()
  revisions.put('web-blue:1', [{ name: 'app', image: 'registry/shop:1' }])
  revisions.put('web-green:1', [{ name: 'app', image: 'registry/shop:0' }])
  world.services.set('shop/web-blue', service('web-blue', 'web-blue:1'))
  world.services.set('shop/web-green', service('web-green', 'web-green:1'))
  put(newState('web', 'blue', { blue: 'shop/web-blue', green: 'shop/web-green' }))
})

const put = (state: CanaryState) => world.store.states.set('web', state)
const state = () => world.store.states.get('web') as CanaryState
const deploy = (what: DeployRequest['what'], more: Partial<DeployRequest> = {}) =>
  deployRevision({ ...world.ports, revisions }, { canary: 'web', what, ...more })
const image = (text: string, more = {}) => ({ kind: 'image', image: text, ...more }) as const
const revision = (text: string) => ({ kind: 'revision', revision: text }) as const
/** The idle slot's present revision had a rollout. */
const rolledOut = (outcome: 'failed-back') =>
  put(settled(claimed(state(), 'web-green:1'), 'web-1', { outcome }))

describe('deploying an image', () => {
  it('registers what runs live with that image, in the idle slot’s family, and deploys it there', async () => {
    const result = await deploy(image('registry/shop:2'))
    expect(result).toMatchObject({
      kind: 'deployed',
      slot: 'green',
      service: 'shop/web-green',
      revision: 'web-green:2',
      registered: true,
      tasks: 2,
      after: 0,
    })
    expect(revisions.registered.get('web-green:2')?.containers).toEqual([
      { name: 'app', image: 'registry/shop:2' },
    ])
    expect(revisions.deployed).toEqual([
      [
        expect.objectContaining({ service: 'web-green' }),
        { revision: 'web-green:2', desiredCount: 2, again: false },
      ],
    ])
  })

  it('goes to blue once green is live', async () => {
    put({ ...state(), live: 'green' })
    expect(await deploy(image('registry/shop:2'))).toMatchObject({
      slot: 'blue',
      revision: 'web-blue:2',
    })
  })

  it('gives a slot that was scaled down as many tasks as it had', async () => {
    const taken = { slot: 'green', rollout: 'web-3', to: 0, desiredCount: 4 } as const
    put({ ...state(), scaledDown: taken })
    const green = (desiredCount: number) =>
      world.services.set('shop/web-green', service('web-green', 'web-green:1', { desiredCount }))
    green(0)
    expect(await deploy(image('registry/shop:2'))).toMatchObject({ tasks: 4 })
    expect(await deploy(image('registry/shop:3'), { tasks: 1 })).toMatchObject({ tasks: 1 })
    green(2)
    expect(await deploy(image('registry/shop:4'))).toMatchObject({ tasks: 2 })
  })

  it.each([
    ['none runs', undefined, 0, 1],
    ['some run', undefined, 3, 3],
    ['told', 5, 3, 5],
    ['told none', 0, 3, 1],
  ])('begins with at least one task: %s', async (_, tasks, desiredCount, wanted) => {
    world.services.set(
      'shop/web-green',
      service('web-green', 'web-green:1', { desiredCount, runningCount: desiredCount }),
    )
    const result = await deploy(image('registry/shop:2'), { tasks })
    expect(result.tasks).toBe(wanted)
    expect(revisions.deployed[0]?.[1].desiredCount).toBe(wanted)
  })

  it('of several containers finds the one that has this image’s repository', async () => {
    revisions.put('web-blue:1', [
      { name: 'proxy', image: 'registry:5000/envoy:1.30' },
      { name: 'app', image: 'registry:5000/shop@sha256:00' },
    ])
    await deploy(image('registry:5000/shop:2'))
    expect(revisions.registered.get('web-green:2')?.containers).toEqual([
      { name: 'proxy', image: 'registry:5000/envoy:1.30' },
      { name: 'app', image: 'registry:5000/shop:2' },
    ])
    await expect(deploy(image('elsewhere/shop:2'))).rejects.toThrow(
      'which container gets elsewhere/shop:2? Give one of web-blue:1, which has proxy, app, as --container NAME',
    )
    await expect(deploy(image('elsewhere/shop:2', { container: 'ap' }))).rejects.toThrow(
      'there is no container ap in web-blue:1',
    )
    expect(await deploy(image('elsewhere/shop:2', { container: 'app' }))).toMatchObject({
      kind: 'deployed',
    })
  })

  it('sets variables, with the idle slot’s place in them', async () => {
    const variables = { SLOT: '$' + '{slot}', VERSION: '2' }
    await deploy(image('registry/shop:2', { variables }))
    expect(revisions.registered.get('web-green:2')?.variables).toEqual({
      SLOT: 'green',
      VERSION: '2',
    })
    const unknown = { SLOT: '$' + '{zone}' }
    await expect(deploy(image('registry/shop:3', { variables: unknown }))).rejects.toThrow(
      'is no placeholder',
    )
  })

  it('that the idle slot runs already registers nothing', async () => {
    const result = await deploy(image('registry/shop:0'))
    expect(result).toMatchObject({ kind: 'deployed', revision: 'web-green:1', registered: false })
    // Its tasks run already, and only ones that begin tell of it.
    expect(revisions.deployed[0]?.[1].again).toBe(true)
  })
})

describe('deploying a revision', () => {
  it('points the idle service at it', async () => {
    revisions.put('web-green:7', [{ name: 'app', image: 'registry/shop:7' }])
    expect(await deploy(revision('web-green:7'))).toMatchObject({
      kind: 'deployed',
      revision: 'web-green:7',
      registered: false,
    })
  })

  it('refuses one that is not there, or deregistered', async () => {
    revisions.put('web-green:7', [], false)
    await expect(deploy(revision('web-green:8'))).rejects.toThrow(InputError)
    await expect(deploy(revision('web-green:7'))).rejects.toThrow('is deregistered')
    expect(revisions.deployed).toEqual([])
  })

  it('that had its rollout already changes nothing, and says how another one starts', async () => {
    rolledOut('failed-back')
    const result = await deploy(revision('web-green:1'))
    expect(result).toMatchObject({
      kind: 'triggered-before',
      after: 1,
      lastRollout: 'web-1',
      lastOutcome: 'failed-back',
    })
    expect(result.reason).toContain('sluice retrigger web')
    expect(revisions.deployed).toEqual([])
  })

  it('that is being rolled out is followed', async () => {
    put(claimed(state(), 'web-green:1'))
    const result = await deploy(revision('web-green:1'))
    expect(result).toMatchObject({ kind: 'under-way', after: 0 })
    expect(revisions.deployed).toEqual([])
  })
})

describe('deploying while another revision is rolled out', () => {
  beforeEach(() => put(claimed(state(), 'web-green:1')))

  it('supersedes it, and says so', async () => {
    const result = await deploy(image('registry/shop:2'))
    expect(result).toMatchObject({ kind: 'deployed', after: 1 })
    expect(result.reason).toBe(
      'web-green:2 supersedes rollout web-1, which fails back; then its own begins',
    )
  })

  it('waits for it where the definition queues', async () => {
    world.store.definitions.set('web', definition({ onNewRevision: 'queue' }))
    expect((await deploy(image('registry/shop:2'))).reason).toContain('waits until rollout web-1')
  })

  it('is refused where the definition rejects, and registers nothing', async () => {
    world.store.definitions.set('web', definition({ onNewRevision: 'reject' }))
    const before = revisions.registered.size
    await expect(deploy(image('registry/shop:2'))).rejects.toThrow(RolloutActiveError)
    expect(revisions.registered.size).toBe(before)
  })
})

describe('deploying to a canary', () => {
  it('that nobody knows is refused', async () => {
    world.store.states.clear()
    world.store.definitions.clear()
    await expect(deploy(image('registry/shop:2'))).rejects.toThrow(UnknownCanaryError)
  })

  it('without a definition, or before it has a state, is refused with what to do', async () => {
    world.store.definitions.clear()
    await expect(deploy(image('registry/shop:2'))).rejects.toThrow('has no definition any more')
    world.store.definitions.set('web', definition())
    world.store.states.clear()
    await expect(deploy(image('registry/shop:2'))).rejects.toThrow('has no state yet')
  })
})
