import { describe, expect, it } from 'vitest'
import { TransientError } from '../../../core/errors.ts'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import { trigger } from '../../../core/use-cases/trigger.ts'
import { newestRollout, resetTriggered, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, runningTask, service } from '../../fixtures/world.ts'

async function armed() {
  const world = createWorld()
  await retrigger(world.ports, { record: 'definition', canary: 'web' })
  world.store.reads = 0
  world.store.writes = 0
  return world
}

describe('an event', () => {
  it('starts one execution, with an input derived from the claim alone', async () => {
    const world = await armed()
    const result = await trigger(world.ports, runningTask())

    expect(result).toMatchObject({ kind: 'started', rollout: 'web-1' })
    expect([...world.executions]).toEqual([
      [
        'web-1',
        { canary: 'web', rollout: 'web-1', attempt: 1, candidate: 'green', revision: 'web:2' },
      ],
    ])
    // One read of the index, ECS, the claim, the start, and the note that it was started.
    expect([world.store.reads, world.store.writes, world.calls]).toEqual([
      1,
      2,
      ['describe', 'start'],
    ])
  })

  it.each([
    ['a service of no canary', runningTask('web:2', 'elsewhere')],
    ['the live slot', runningTask('web:1', 'web-blue')],
    [
      'a service whose name only contains the canary service’s',
      runningTask('web:2', 'my-web-green'),
    ],
  ])('of %s costs one read and no other call', async (_name, task) => {
    const world = await armed()
    expect(await trigger(world.ports, task)).toMatchObject({ kind: 'ignored' })
    expect([world.store.reads, world.store.writes, world.calls]).toEqual([1, 0, []])
  })

  it('of a revision that was triggered already costs one read and no other call', async () => {
    const world = await armed()
    await trigger(world.ports, runningTask())
    world.store.reads = world.store.writes = world.calls.length = 0

    expect(await trigger(world.ports, runningTask())).toMatchObject({
      kind: 'ignored',
      reason: 'web:2 was triggered already as attempt 1',
    })
    expect([world.store.reads, world.store.writes, world.calls]).toEqual([1, 0, []])
  })

  it('of an older deployment changes nothing: ECS is the authority', async () => {
    const world = await armed()
    expect(await trigger(world.ports, runningTask('web:0'))).toMatchObject({ kind: 'ignored' })
    expect(world.executions.size).toBe(0)
    expect(world.store.states.get('web')).toMatchObject({ triggered: false, attempt: 0 })
  })

  it('of a service that two canaries claim as candidate moves nothing and names both', async () => {
    const world = await armed()
    world.store.definitions.set('shop', definition({ canary: 'shop' }))
    await retrigger(world.ports, { record: 'definition', canary: 'shop' })
    const result = await trigger(world.ports, runningTask())
    expect(result.reason).toMatch(/candidate of web, shop; give each canary services of its own/)
    expect(world.executions.size).toBe(0)
  })
})

describe('the claim', () => {
  it('is won by one of 1,000 concurrent events, which start one execution', async () => {
    const world = await armed()
    world.store.beforeWrite = () => Promise.resolve()
    const results = await Promise.all(
      Array.from({ length: 1_000 }, () => trigger(world.ports, runningTask())),
    )
    expect(world.executions.size).toBe(1)
    expect(world.store.states.get('web')).toMatchObject({ attempt: 1, activeRollout: 'web-1' })
    expect(results.filter(({ kind }) => kind === 'started')).toHaveLength(1)
    expect(results.filter(({ begun }) => begun)).toHaveLength(1)
    expect(results.every(({ kind }) => ['started', 'resumed', 'ignored'].includes(kind))).toBe(true)
  })

  it('without its execution is healed by the event’s own retry, under the same name', async () => {
    const world = await armed()
    world.faults.set('start', [new TransientError('throttled')])
    await expect(trigger(world.ports, runningTask())).rejects.toThrow('throttled')
    expect(world.store.states.get('web')).toMatchObject({ triggered: true, attempt: 1 })

    expect(await trigger(world.ports, runningTask())).toMatchObject({
      kind: 'resumed',
      begun: true,
    })
    expect([...world.executions.keys()]).toEqual(['web-1'])
  })

  it('that was started but not noted starts nothing more', async () => {
    const world = await armed()
    await trigger(world.ports, runningTask())
    const { execution: _, ...unnoted } = world.store.states.get('web') ?? expect.fail('no state')
    world.store.states.set('web', unnoted)

    await trigger(world.ports, runningTask())
    expect(world.executions.size).toBe(1)
    expect(world.store.states.get('web')?.execution).toBe('arn:execution:web-1')
  })

  it('is not made on a failed read', async () => {
    const world = await armed()
    world.faults.set('describe', [new TransientError('ecs answers 503')])
    await expect(trigger(world.ports, runningTask())).rejects.toThrow('503')
    expect(world.store.states.get('web')).toMatchObject({ triggered: false, attempt: 0 })
  })
})

describe('a reset of Triggered', () => {
  it('starts a new attempt of the candidate’s present revision', async () => {
    const world = createWorld()
    const first = await (await startRollout(world)).until('Assess')
    world.services.set('shop/web-green', service('web-green', 'web:2', { desiredCount: 0 }))
    await first.until('Ended')
    world.services.set('shop/web-green', service('web-green', 'web:2'))

    const second = await resetTriggered(world)
    await second.until('Ended')
    expect(second.position).toMatchObject({ rollout: 'web-2', revision: 'web:2' })
  })

  it('waits for the next RUNNING event where no task of the PRIMARY deployment runs', async () => {
    const world = await armed()
    const { primary } = service('web-green', 'web:2')
    const starting = { ...primary, runningCount: 0 }
    world.services.set('shop/web-green', service('web-green', 'web:2', { primary: starting }))
    await expect(resetTriggered(world)).rejects.toThrow('the next RUNNING event starts it')

    world.services.set('shop/web-green', service('web-green', 'web:2'))
    expect(await trigger(world.ports, runningTask())).toMatchObject({ kind: 'started' })
  })

  it('during a rollout starts another one after it has failed back', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    await expect(resetTriggered(world)).rejects.toThrow('nothing started: starts again when web-1')
    world.services.set('shop/web-green', service('web-green', 'web:2', { desiredCount: 0 }))
    await drive.until('Ended')
    // The end of the rollout resets Triggered itself, which the table's stream takes up.
    expect(world.store.states.get('web')).toMatchObject({ triggered: false })
  })

  it.each([
    ['a new state', undefined, false],
    ['a state that was armed before', false, false],
    ['a claim', false, true],
  ])('is not what %s is: nothing starts', async (_name, before, after) => {
    const world = await armed()
    const result = await retrigger(world.ports, {
      record: 'state',
      canary: 'web',
      before: before === undefined ? undefined : { triggered: before },
      after: { triggered: after },
    })
    expect(result.kind).toBe('ignored')
    expect(world.executions.size).toBe(0)
  })
})

describe('a definition', () => {
  it('that is created or updated starts nothing and keeps the flag, the role and the attempts', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    const before = world.store.states.get('web')
    world.store.definitions.set('web', definition({ interval: '30s' }))
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    expect(world.store.states.get('web')).toEqual(before)
    expect(world.executions.size).toBe(1)
  })

  it('that is broken ends the rollout before any shift, naming path and value', async () => {
    const world = createWorld()
    world.store.definitions.set('web', definition({ interval: 'soon' }))
    const drive = await startRollout(world)
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/interval \("soon"\): "soon" is not a duration; write it/)
    expect(world.router.written).toEqual([])
    expect(newestRollout(world).outcome).toBe('failed-back')
    expect(world.store.states.get('web')).not.toHaveProperty('activeRollout')
  })
})

describe('a newer revision during a rollout', () => {
  async function midway(onNewRevision: string) {
    const world = createWorld()
    world.store.definitions.set('web', definition({ onNewRevision }))
    const drive = await (await startRollout(world)).until('Assess')
    world.services.set('shop/web-green', service('web-green', 'web:3'))
    return { world, drive }
  }

  it('supersedes it: fails back, then arms the canary for the newer one', async () => {
    const { world, drive } = await midway('supersede')
    expect(await trigger(world.ports, runningTask('web:3'))).toMatchObject({ kind: 'queued' })
    await drive.until('Ended')
    expect(drive.position.reason).toBe('superseded: web:3 runs in green')
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(world.store.states.get('web')).toMatchObject({ triggered: false })
    expect(await trigger(world.ports, runningTask('web:3'))).toMatchObject({ rollout: 'web-2' })
  })

  it('waits where the definition says "queue"', async () => {
    const { world, drive } = await midway('queue')
    expect(await trigger(world.ports, runningTask('web:3'))).toMatchObject({ kind: 'queued' })
    await drive.step()
    expect(drive.position.decision).toBe('bake')
    expect(world.store.states.get('web')).toMatchObject({ waitingRevision: 'web:3' })
  })

  it('is ignored where the definition says "reject"', async () => {
    const { world } = await midway('reject')
    expect(await trigger(world.ports, runningTask('web:3'))).toMatchObject({ kind: 'ignored' })
    expect(world.store.states.get('web')).not.toHaveProperty('waitingRevision')
  })

  it('is signalled again by a retry when the first try died between note and signal', async () => {
    const { world, drive } = await midway('supersede')
    const seen = world.store.states.get('web') ?? expect.fail('no state')
    world.store.states.set('web', { ...seen, waitingRevision: 'web:3' })
    await trigger(world.ports, runningTask('web:3'))
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/^superseded/)
  })
})

/** What becomes of the rollout, and what is rolled out after it. */
describe.each([
  { policy: 'supersede', decided: 'fail-back', next: true },
  { policy: 'queue', decided: 'bake', next: true },
  { policy: 'reject', decided: 'bake', next: false },
] as const)('under "$policy"', ({ policy, decided, next }) => {
  async function midway() {
    const world = createWorld()
    world.store.definitions.set('web', definition({ onNewRevision: policy }))
    const drive = await (await startRollout(world)).until('Assess')
    const deploy = async (revision: string) => {
      world.services.set('shop/web-green', service('web-green', revision))
      return trigger(world.ports, runningTask(revision))
    }
    return { world, drive, deploy }
  }

  it('a newer revision wakes the bake, and the timeline says what comes of it', async () => {
    const { world, drive, deploy } = await midway()
    const { token } = newestRollout(world).waiting ?? expect.fail('nothing waits')
    await deploy('web:3')
    expect(world.answers.at(-1)).toEqual({ token, output: { signal: 'newer-revision' } })
    const told = newestRollout(world).timeline.at(-1)
    expect(told?.what).toBe('newer revision')
    expect(told?.why).toBe(
      policy === 'supersede'
        ? 'web:3 runs in green'
        : `web:3 runs in green; at its next change of traffic web-1 fails back (onNewRevision: ${policy})`,
    )
    await drive.step()
    expect(drive.position.decision).toBe(decided)
  })

  it('of three revisions in a row the last is rolled out after the first, and never the second', async () => {
    const { world, drive, deploy } = await midway()
    await deploy('web:3')
    await deploy('web:4')
    await drive.until('Ended')
    expect(drive.position.decision).toBe('failed-back')
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    const written = world.router.written.length
    const { waitingRevision, triggered } = world.store.states.get('web') ?? {}
    expect({ waitingRevision, triggered }).toEqual({ waitingRevision: undefined, triggered: !next })
    expect(await trigger(world.ports, runningTask('web:3'))).toMatchObject({ kind: 'ignored' })
    const last = await trigger(world.ports, runningTask('web:4'))
    // After "reject" a task of it that starts later is a new event: nothing is active that would reject it.
    expect(last).toMatchObject({ kind: 'started', rollout: 'web-2' })
    expect([...world.executions.values()].map(({ revision }) => revision)).toEqual([
      'web:2',
      'web:4',
    ])
    expect(world.router.written).toHaveLength(written)
  })

  it('the same newer revision twice is one signal, and one rollout after this one', async () => {
    const { world, drive, deploy } = await midway()
    await deploy('web:3')
    await deploy('web:3')
    expect(Object.keys(newestRollout(world).signals)).toEqual(['newer-revision:web:3'])
    await drive.until('Ended')
    await trigger(world.ports, runningTask('web:3'))
    await trigger(world.ports, runningTask('web:3'))
    expect(world.executions.size).toBe(2)
  })

  it('a return to the old revision rolls that one out, and never the one between', async () => {
    const { world, drive, deploy } = await midway()
    await deploy('web:3')
    // The rollout's own revision again: its events are no news, and the rollout has its version back.
    expect(await deploy('web:2')).toMatchObject({ kind: 'ignored' })
    await drive.until('Ended')
    const { outcome } = newestRollout(world)
    expect(outcome).toBe(policy === 'supersede' ? 'failed-back' : 'promoted')
    await trigger(world.ports, runningTask('web:2'))
    const rolledOut = [...world.executions.values()].map(({ revision }) => revision)
    expect(rolledOut).toEqual(policy === 'supersede' ? ['web:2', 'web:2'] : ['web:2'])
  })
})

describe('after a promotion', () => {
  it('a replaced task of the old slot starts no rollout back to the old version', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    expect(await trigger(world.ports, runningTask('web:1', 'web-blue'))).toMatchObject({
      kind: 'ignored',
    })
    expect(world.executions.size).toBe(1)
  })
})
