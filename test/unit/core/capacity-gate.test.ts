import { beforeEach, describe, expect, it } from 'vitest'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { signal } from '../../../core/use-cases/signal.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, targetGroup, type World } from '../../fixtures/world.ts'

const GREEN = 'shop/web-green'

let world: World
let drive: Drive
beforeEach(() => {
  world = createWorld()
  // Two tasks of green carry the 10 % of step 1, and not the 50 % of step 2: that needs five.
  world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 10 }))
})

async function started(changes: Record<string, unknown> = {}): Promise<void> {
  world.store.definitions.set('web', definition(changes))
  drive = await startRollout(world)
  await drive.until('Wait Until Ready')
}

const runs = (running: number, desiredCount = running) => {
  const { primary } = service('web-green', 'web:2')
  world.services.set(
    GREEN,
    service('web-green', 'web:2', {
      desiredCount,
      runningCount: running,
      primary: { ...primary, runningCount: running, desiredCount },
      steady: running === desiredCount,
    }),
  )
}
const scaling = { capacity: { policy: 'scale', deadline: '5m' } }
const wanted = () => world.services.get(GREEN)?.desiredCount
const minimum = () => world.bounds.get(GREEN)?.minimum
/** Until the gate before step 2 is closed. */
async function closed(): Promise<void> {
  for (let n = 0; newestRollout(world).gate?.kind !== 'capacity'; n++) {
    if (n > 200 || drive.state === 'Ended')
      throw new Error(`never closed: ${drive.position.reason}`)
    await drive.step()
  }
}

describe('where tasks lack for the next share', () => {
  it('the rollout bakes on at its step, and says what lacks', async () => {
    await started()
    await closed()
    expect(drive.state).toBe('Bake')
    expect(newestRollout(world)).toMatchObject({
      status: 'baking',
      step: 1,
      achieved: 10,
      gate: {
        kind: 'capacity',
        step: 2,
        reason: 'shop/web-green runs 2 of the 5 tasks that 50 % of the traffic needs',
      },
    })
    expect(world.notices.at(-1)).toMatchObject({ state: 'held', step: 1 })
  })

  it('it goes on as soon as they run', async () => {
    await started()
    await closed()
    runs(5)
    await drive.until('Verify Shift')
    expect(newestRollout(world)).toMatchObject({ step: 2, weight: 50, tasksNeeded: 5 })
    expect(newestRollout(world)).not.toHaveProperty('gate')
  })

  it('a failed check fails back meanwhile, long before the deadline', async () => {
    await started({ capacity: { deadline: '1h' } })
    await closed()
    const since = world.clock.now()
    world.targets.set(targetGroup('green'), ['unhealthy', 'unhealthy'])
    await drive.until('Ended')
    expect(drive.position).toMatchObject({
      decision: 'failed-back',
      reason: '0 of 2 targets of green are healthy',
    })
    expect(world.clock.now() - since).toBeLessThan(60_000)
  })

  it('an abort is heard at once', async () => {
    await started({ capacity: { deadline: '1h' } })
    await closed()
    await drive.until('Assess')
    const since = world.clock.now()
    await signal(world.ports, { canary: 'web', id: 'a', kind: 'abort', who: 'ada', why: 'enough' })
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/^aborted by ada.*: enough$/)
    expect(world.clock.now() - since).toBeLessThan(20_000)
  })

  it('it fails back at the deadline, counted from when they were first found to lack, with the mend', async () => {
    await started({ capacity: { deadline: '2m' } })
    await closed()
    const since = world.clock.now()
    await drive.until('Ended')
    expect(drive.position).toMatchObject({ decision: 'failed-back' })
    expect(drive.position.reason).toBe(
      'shop/web-green runs 2 of the 5 tasks that 50 % of the traffic needs, for 2m; raise shop/web-green\'s desired count, or set capacity.policy to "scale" or "off"',
    )
    const waited = (world.clock.now() - since) / 1000
    expect(waited).toBeGreaterThanOrEqual(110)
    expect(waited).toBeLessThan(150)
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
  })

  it('nobody looks with the policy off', async () => {
    await started({ capacity: { policy: 'off' } })
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
  })

  it('with the policy off a look does not even ask for the service, which its role does not grant', async () => {
    await started({ capacity: { policy: 'off' }, checks: [{ type: 'targets' }] })
    for (let looks = 0; drive.state !== 'Shift Traffic' || looks === 0; ) {
      const assesses = drive.state === 'Assess'
      world.calls.length = 0
      await drive.step()
      if (!assesses) continue
      looks += 1
      expect(world.calls).not.toContain('describe')
    }
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
  })

  it('the first step waits for them as well, with no traffic at all', async () => {
    world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 30 }))
    await started()
    await closed()
    expect(newestRollout(world)).toMatchObject({ step: 0, achieved: 0, gate: { step: 1 } })
    expect(world.router.written).toEqual([])
    runs(3)
    await drive.until('Verify Shift')
    expect(newestRollout(world)).toMatchObject({ step: 1, tasksNeeded: 3 })
  })

  it('tasks that are lost between the gate and the shift send the rollout back to its bake', async () => {
    await started()
    await closed()
    runs(5)
    await drive.until('Shift Traffic')
    runs(4, 5)
    await drive.until('Bake')
    expect(newestRollout(world)).toMatchObject({ step: 1, achieved: 10 })
    expect(world.router.written).toHaveLength(1)
    runs(5)
    await drive.until('Verify Shift')
    expect(newestRollout(world)).toMatchObject({ step: 2 })
  })
})

it('a definition that scales nothing any more has nobody ask for an autoscaling that it does not grant', async () => {
  const refused = () => new ProviderError('not allowed')
  world.faults.set('bounds', [refused(), refused(), refused()])
  const scaledDown = { rollout: 'web-0', to: 0, desiredCount: 10, minimum: 2 }
  runs(10)
  world.store.definitions.set('web', definition())
  drive = await startRollout(world)
  const state = world.store.states.get('web')
  if (!state) throw new Error('the canary has no state')
  world.store.states.set('web', { ...state, scaledDown: { ...scaledDown, slot: 'green' } })
  await drive.until('Ended')
  expect(drive.position.decision).toBe('promoted')
  expect(newestRollout(world).scaledDown).toEqual({ to: 0, minimum: 2 })
  expect(newestRollout(world).timeline).toContainEqual(
    expect.objectContaining({ what: 'autoscaling minimum not given back', why: 'not allowed' }),
  )
})

describe('where the definition scales', () => {
  it('count and minimum go up to what the share needs, and both are given back after a fail back', async () => {
    world.bounds.set(GREEN, { minimum: 1, maximum: 20 })
    await started(scaling)
    await closed()
    expect([wanted(), minimum()]).toEqual([5, 5])
    expect(newestRollout(world)).toMatchObject({ desiredCountBefore: 2, minimumBefore: 1 })
    await drive.until('Ended')
    expect(drive.position.decision).toBe('failed-back')
    expect([wanted(), minimum()]).toEqual([2, 1])
  })

  it('while tasks are coming, as many as the present share needs are enough for the ecs check', async () => {
    await started({ ...scaling, maxExtension: '10s' })
    await closed()
    for (let looks = 0; looks < 12; looks++) await drive.until('Bake').then(() => drive.step())
    expect(newestRollout(world)).toMatchObject({ step: 1, gate: { kind: 'capacity' } })
    expect(newestRollout(world).outcome).toBeUndefined()
  })

  it('after a promotion the minimum is given back, and the tasks stay', async () => {
    world.bounds.set(GREEN, { minimum: 1, maximum: 20 })
    runs(10)
    await started(scaling)
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
    expect(newestRollout(world)).toMatchObject({ minimumBefore: 1 })
    expect([wanted(), minimum()]).toEqual([10, 1])
  })

  it('the maximum is not passed, and the reason says that it is in the way', async () => {
    world.bounds.set(GREEN, { minimum: 1, maximum: 4 })
    await started(scaling)
    await closed()
    expect([wanted(), minimum()]).toEqual([4, 4])
    expect(newestRollout(world).gate?.reason).toBe(
      'shop/web-green runs 2 of the 5 tasks that 50 % of the traffic needs, and its autoscaling allows at most 4',
    )
  })

  it('what stood is on the record before it is changed', async () => {
    world.bounds.set(GREEN, { minimum: 0, maximum: 20 })
    world.faults.set('setMinimum', [new TransientError('reset')])
    await started(scaling)
    for (let n = 0; newestRollout(world).minimumBefore === undefined && n < 50; n++) {
      await drive.step()
    }
    expect(newestRollout(world)).toMatchObject({ minimumBefore: 0 })
    expect([wanted(), minimum()]).toEqual([2, 0])
  })

  it('a minimum that is refused keeps nobody from more tasks, and is told once', async () => {
    world.bounds.set(GREEN, { minimum: 1, maximum: 20 })
    const refusal = () => new ProviderError('not allowed')
    world.faults.set('setMinimum', [refusal(), refusal(), refusal(), refusal()])
    await started(scaling)
    await closed()
    expect([wanted(), minimum()]).toEqual([5, 1])
    expect(newestRollout(world).gate?.reason).toContain('; not allowed')
    await drive.until('Assess')
    await drive.step()
    const told = newestRollout(world).timeline.filter(({ what }) => what === 'capacity not raised')
    expect(told).toEqual([expect.objectContaining({ why: 'not allowed' })])
  })
})
