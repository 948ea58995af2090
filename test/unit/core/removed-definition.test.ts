import { describe, expect, it } from 'vitest'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import { trigger } from '../../../core/use-cases/trigger.ts'
import { startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, runningTask, service, type World } from '../../fixtures/world.ts'

const ROLE = 'arn:aws:iam::123456789012:role/sluice/canary/Web'

/** The definition changes, and its stream's record is followed. */
async function apply(world: World, written?: Record<string, unknown>): Promise<void> {
  if (written) world.store.definitions.set('web', written)
  else world.store.definitions.delete('web')
  await retrigger(world.ports, { record: 'definition', canary: 'web' })
}

const state = (world: World) => world.store.states.get('web')

describe('a canary whose definition was removed', () => {
  it('is found by no event: each costs one read, and starts nothing', async () => {
    const world = createWorld()
    await apply(world, definition())
    await apply(world)
    world.store.reads = world.store.writes = world.calls.length = 0
    expect(await trigger(world.ports, runningTask())).toMatchObject({ kind: 'ignored' })
    expect([world.store.reads, world.store.writes, world.calls]).toEqual([1, 0, []])
  })

  it('keeps all else of its state, and is as it was when it is defined again', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    const before = state(world)
    await apply(world)
    const { candidateService, ...rest } = before ?? {}
    expect(candidateService).toBe('shop/web-blue')
    expect(state(world)).toEqual(rest)
    await apply(world, definition())
    expect(state(world)).toEqual(before)
    expect(world.executions.size).toBe(1)
  })

  it('starts nothing when Triggered is reset, and says why', async () => {
    const world = createWorld()
    await apply(world, definition())
    await apply(world)
    const reset = {
      record: 'state',
      canary: 'web',
      before: { triggered: true },
      after: { triggered: false },
    } as const
    expect(await retrigger(world.ports, reset)).toMatchObject({
      kind: 'ignored',
      reason: 'the canary has no definition',
    })
    expect(world.executions.size).toBe(0)
  })

  it('ends the rollout that was under way, and stays out of the index after it', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    await apply(world)
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
    expect(state(world)).toMatchObject({ live: 'green', lastOutcome: 'promoted' })
    expect(state(world)).not.toHaveProperty('candidateService')
    await apply(world, definition())
    expect(state(world)).toMatchObject({ live: 'green', candidateService: 'shop/web-blue' })
  })

  it('that never had a state gets none', async () => {
    const world = createWorld()
    await apply(world)
    expect(world.store.states.size).toBe(0)
  })
})

describe('the role on the state', () => {
  it('follows the definition, and is what events are looked at as', async () => {
    const world = createWorld()
    await apply(world, definition({ role: ROLE }))
    expect(state(world)).toMatchObject({ role: ROLE })
    await trigger(world.ports, runningTask())
    expect(world.roles).toEqual([ROLE])
    await apply(world, definition())
    expect(state(world)).not.toHaveProperty('role')
  })

  it('is there even if broken, so that assuming it says so', async () => {
    const world = createWorld()
    await apply(world, definition({ role: 'the-role' }))
    expect(state(world)).toMatchObject({ role: 'the-role' })
    await apply(world, definition({ role: 7 }))
    expect(state(world)).not.toHaveProperty('role')
  })

  it('may change during a rollout, which goes on as the one that it was prepared with', async () => {
    const world = createWorld()
    world.store.definitions.set('web', definition({ role: ROLE }))
    const drive = await (await startRollout(world)).until('Assess')
    await apply(world, definition({ role: `${ROLE}-2` }))
    world.roles.length = 0
    world.services.set('shop/web-green', service('web-green', 'web:2', { steady: true }))
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
    expect(new Set(world.roles)).toEqual(new Set([ROLE]))
    expect(state(world)).toMatchObject({ role: `${ROLE}-2` })
  })

  it('of the definition as it stood is what a fail back restores as', async () => {
    const world = createWorld()
    world.store.definitions.set('web', definition({ role: ROLE }))
    const drive = await (await startRollout(world)).until('Assess')
    await apply(world)
    world.targets.clear()
    world.services.delete('shop/web-green')
    world.roles.length = 0
    await drive.until('Ended')
    expect(drive.position.decision).toBe('failed-back')
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(new Set(world.roles)).toEqual(new Set([ROLE]))
  })
})
