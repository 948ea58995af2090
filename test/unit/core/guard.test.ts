import { describe, expect, it } from 'vitest'
import { guard } from '../../../core/use-cases/guard.ts'
import { WRITE_LEASE_MS } from '../../../core/use-cases/hold.ts'
import { noteStoppedTask } from '../../../core/use-cases/note-stopped-task.ts'
import { shift } from '../../../core/use-cases/shift.ts'
import { Drive, newestRollout, type StateName, startRollout } from '../../fixtures/drive.ts'
import { createWorld, type World } from '../../fixtures/world.ts'

/** What EventBridge tells the guard of a stopped execution; runs the recovery that it starts. */
async function stopAndRecover(world: World, execution = 'web-1') {
  const input = world.executions.get(execution) ?? expect.fail(`no execution ${execution}`)
  const result = await guard(world.ports, { execution, status: 'ABORTED', input })
  const name = [...world.executions.keys()].at(-1) ?? ''
  const recovery = new Drive(world, name, world.executions.get(name) ?? input)
  return { result, name, recovery }
}

describe('the guard', () => {
  const states: StateName[] = [
    'Prepare',
    'Wait Until Ready',
    'Shift Traffic',
    'Verify Shift',
    'Bake',
    'Assess',
  ]
  it.each(states)(
    'restores the baseline of an execution that was stopped before %s',
    async (state) => {
      const world = createWorld()
      const drive = await (await startRollout(world)).until(state)
      const { result, recovery } = await stopAndRecover(world)

      expect(result).toMatchObject({ kind: 'recovering' })
      await recovery.until('Ended')
      expect(world.router.weights).toEqual({ blue: 999, green: 0 })
      expect(newestRollout(world)).toMatchObject({
        outcome: 'failed-back',
        reason: 'execution web-1 was stopped from outside',
      })
      expect(world.store.states.get('web')).toMatchObject({ lastOutcome: 'failed-back' })

      // The stopped execution's function was still running: it loses its next write and moves nothing.
      const written = world.router.written.length
      await drive.until('Ended')
      expect(world.router.written).toHaveLength(written)
      expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    },
  )

  it('finishes a promotion that died after its point of no return', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Promote')
    const before = world.store.states.get('web') ?? expect.fail('no state')
    await drive.until('Ended')
    world.store.states.set('web', before)

    const { recovery } = await stopAndRecover(world)
    await recovery.until('Ended')
    expect(recovery.position.decision).toBe('promoted')
    expect(world.store.states.get('web')).toMatchObject({ live: 'green', lastOutcome: 'promoted' })
    expect(world.router.weights).toEqual({ blue: 0, green: 999 })
  })

  it('leaves alone what ended by itself', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    const { result } = await stopAndRecover(world)
    expect(result).toMatchObject({ kind: 'ignored', reason: 'web-1 is settled (promoted)' })
    expect(world.executions.size).toBe(1)
  })

  it('starts one recovery for one end, and the next number for a stopped recovery', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Bake')
    const first = await stopAndRecover(world)
    await first.recovery.step()
    const again = await stopAndRecover(world)
    expect(again.result.kind).toBe('ignored')

    expect((await stopAndRecover(world, first.name)).result.kind).toBe('ignored')
    expect([...world.executions.keys()]).toEqual(['web-1', 'web-1-guard-1'])
  })

  it('recovers again when the recovery itself is stopped', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Bake')
    world.router.pending = true
    const first = await stopAndRecover(world)
    await first.recovery.step()
    const second = await stopAndRecover(world, first.name)
    expect(second.name).toBe('web-1-guard-2')
    world.router.pending = false
    await second.recovery.until('Ended')
    expect(newestRollout(world).outcome).toBe('failed-back')
  })

  it('gives up after ten recoveries with an error that reaches an alarm', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Bake')
    const rollout = newestRollout(world)
    const execution = 'web-1-guard-10'
    world.store.rollouts.set('web-1', { ...rollout, hold: { execution } })
    const input = world.executions.get('web-1') ?? expect.fail('no execution')
    await expect(guard(world.ports, { execution, status: 'FAILED', input })).rejects.toMatchObject({
      name: 'RecoveryExhausted',
    })
  })

  it('does not call a rollout failed-back while a write of the stopped execution may be under way', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Shift Traffic')
    const input = drive.position
    // The function hangs between the intent on the record and the router's answer.
    let land = () => {}
    const { set } = world.router
    world.router.set = (weights) =>
      new Promise((resolve) => {
        land = () => resolve(set.call(world.router, weights))
      })
    const hanging = shift(world.ports, { execution: 'web-1', input })
    await expect.poll(() => newestRollout(world).hold.writingUntil).toBeDefined()
    world.router.set = set

    const { recovery } = await stopAndRecover(world)
    await recovery.step()
    expect(newestRollout(world).outcome).toBeUndefined()
    land()
    await expect(hanging).rejects.toMatchObject({ name: 'HoldLost' })
    expect(world.router.weights).toEqual({ blue: 9, green: 1 })

    world.clock.advance(WRITE_LEASE_MS / 1000)
    await recovery.until('Ended')
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(newestRollout(world).outcome).toBe('failed-back')
  })
})

describe('a stopped task', () => {
  const stopped = {
    cluster: 'shop',
    service: 'web-green',
    revision: 'web:2',
    deployment: 'ecs-svc/web:2',
    task: 'task/1',
  }

  it.each(['TaskFailedToStart', 'EssentialContainerExited'])(
    'that died by its own fault (%s) wakes the bake and fails the candidate',
    async (stopCode) => {
      const world = createWorld()
      const drive = await (await startRollout(world)).until('Assess')
      const task = { task: 'task/1', stopCode, reason: 'exit 1', deployment: undefined }
      world.stopped.set('shop/web-green', [{ ...task, stoppedAt: world.clock.now() }])
      expect(await noteStoppedTask(world.ports, { ...stopped, stopCode })).toMatchObject({
        kind: 'recorded',
      })
      expect(world.answers.at(-1)?.output).toEqual({ signal: 'task-stopped' })
      await drive.until('Ended')
      expect(drive.position.reason).toBe(`1 task of shop/web-green died: ${stopCode} (exit 1)`)
    },
  )

  it.each(['ServiceSchedulerInitiated', 'SpotInterruption', 'UserInitiated', undefined])(
    'that stopped for another reason (%s) speaks against no version',
    async (stopCode) => {
      const world = createWorld()
      await (await startRollout(world)).until('Assess')
      const event = stopCode === undefined ? stopped : { ...stopped, stopCode }
      expect(await noteStoppedTask(world.ports, event)).toMatchObject({ kind: 'ignored' })
      expect(newestRollout(world).signals).toEqual({})
    },
  )

  it('of another service or revision costs one read', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Assess')
    world.store.reads = 0
    const stopCode = 'EssentialContainerExited'
    const other = await noteStoppedTask(world.ports, { ...stopped, stopCode, service: 'elsewhere' })
    const older = await noteStoppedTask(world.ports, { ...stopped, stopCode, revision: 'web:1' })
    expect([other.kind, older.kind, world.store.reads]).toEqual(['ignored', 'ignored', 2])
  })
})
