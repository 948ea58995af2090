import { describe, expect, it } from 'vitest'
import type { Position, WorkflowTask } from '../../../core/model/position.ts'
import type { Rollout } from '../../../core/model/rollout.ts'
import type { WorkflowInput } from '../../../core/ports.ts'
import { assess } from '../../../core/use-cases/assess.ts'
import { bake } from '../../../core/use-cases/bake.ts'
import { failBack } from '../../../core/use-cases/fail-back.ts'
import { prepare } from '../../../core/use-cases/prepare.ts'
import { shift } from '../../../core/use-cases/shift.ts'
import { signal } from '../../../core/use-cases/signal.ts'
import { verify } from '../../../core/use-cases/verify.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, service, type World } from '../../fixtures/world.ts'

/** Invocations that the workflow gave up and that still run, and executions that are redriven long after their end. */
const taskOf = (world: World, { position }: Drive): WorkflowTask => ({
  execution: newestRollout(world).hold.execution,
  input: position,
})

const amend = (world: World, change: (seen: Rollout) => Rollout): void => {
  const seen = newestRollout(world)
  world.store.rollouts.set(seen.rollout, change(seen))
}

/** Something else happens between the next read of an invocation and its write, once. */
const meanwhile = (world: World, act: () => Promise<unknown> | unknown): void => {
  world.store.beforeWrite = async () => {
    world.store.beforeWrite = () => {}
    await act()
  }
}

const failing = (seen: Rollout): Rollout => ({
  ...seen,
  status: 'failing-back',
  reason: 'targets are down',
})

describe('an invocation that is late', () => {
  it.each([
    ['Assess', assess],
    ['Verify Shift', verify],
    ['Shift Traffic', shift],
  ] as const)('of %s leaves a fail back that is decided', async (state, run) => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until(state)
    meanwhile(world, () => amend(world, failing))
    await expect(run(world.ports, taskOf(world, drive))).rejects.toMatchObject({
      code: 'Interrupted',
      message: 'targets are down',
    })
    expect(newestRollout(world)).toMatchObject({ status: 'failing-back' })
  })

  it('of Assess does not look at a step that is shifted only now', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Verify Shift')
    const before = newestRollout(world)
    await expect(assess(world.ports, taskOf(world, drive))).rejects.toMatchObject({
      code: 'Transient',
    })
    expect(newestRollout(world)).toEqual(before)
  })

  it('of Shift Traffic leaves the change that another one has made, and writes no weights', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Shift Traffic')
    const task = taskOf(world, drive)
    meanwhile(world, () => shift(world.ports, task))
    await expect(shift(world.ports, task)).rejects.toMatchObject({ code: 'Transient' })
    const { change } = newestRollout(world)
    expect(change).toBeDefined()
    await expect(shift(world.ports, task)).resolves.toMatchObject({ decision: 'verify' })
    expect(newestRollout(world).change).toEqual(change)
  })

  it('of Verify Shift leaves the step that was verified since', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Verify Shift')
    const task = taskOf(world, drive)
    meanwhile(world, async () => {
      await verify(world.ports, task)
      amend(world, (seen) => ({
        ...seen,
        looks: 3,
        progress: { startedAt: 1, passed: 2, errors: 0 },
      }))
    })
    await verify(world.ports, task)
    expect(newestRollout(world)).toMatchObject({ looks: 3, progress: { passed: 2 } })
  })

  it('of Shift Traffic may still write, so the change is not believed before its lease is over', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Verify Shift')
    amend(world, (seen) => ({
      ...seen,
      hold: { ...seen.hold, writingUntil: world.ports.clock.now() + 20_000 },
    }))
    await expect(verify(world.ports, taskOf(world, drive))).rejects.toMatchObject({
      code: 'NotYet',
      message: 'another invocation may still be writing the weights',
    })
  })

  it('of Fail Back may still write the baseline, so the rollout does not end before its lease is over', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    const task = taskOf(world, drive)
    amend(world, (seen) => ({
      ...failing(seen),
      hold: { ...seen.hold, writingUntil: world.ports.clock.now() + 20_000 },
    }))
    await expect(failBack(world.ports, task)).rejects.toMatchObject({
      code: 'NotYet',
      message: expect.stringContaining('an earlier write may still be under way'),
    })
    expect(newestRollout(world).outcome).toBeUndefined()
  })

  it('of Fail Back takes a lease before it writes, and gives back the one that stood', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    amend(world, failing)
    let leased: number | undefined
    world.store.beforeWrite = () => {
      leased ??= newestRollout(world).hold.writingUntil
    }
    await failBack(world.ports, taskOf(world, drive))
    expect(leased).toBeGreaterThan(world.ports.clock.now())
    expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back' })
    expect(newestRollout(world).hold.writingUntil).toBeUndefined()
  })

  it('of Fail Back that is about to write keeps the rollout open, however soon another one has written', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    amend(world, failing)
    const task = taskOf(world, drive)
    const set = world.router.set.bind(world.router)
    const [heldUp, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let late: Promise<unknown> = Promise.resolve()
    world.router.set = async (...first) => {
      world.router.set = async (...second) => {
        world.router.set = set
        heldUp.resolve()
        await letGo.promise
        return set(...second)
      }
      late = failBack(world.ports, task)
      await heldUp.promise
      return set(...first)
    }
    const stillWriting = { message: expect.stringContaining('may still be under way') }
    await expect(failBack(world.ports, task)).rejects.toMatchObject(stillWriting)
    letGo.resolve()
    await expect(late).rejects.toMatchObject(stillWriting)
    world.clock.advance(60_000)
    await failBack(world.ports, task)
    expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back' })
  })

  it('of Assess writes nothing over a later look, which is repeated', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    const task = taskOf(world, drive)
    meanwhile(world, () => assess(world.ports, task))
    await expect(assess(world.ports, task)).rejects.toMatchObject({ code: 'Transient' })
    expect(newestRollout(world)).toMatchObject({ looks: 1, progress: { passed: 1 } })
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({ outcome: 'promoted' })
  })

  it('of Bake leaves the token that waits, and a signal still wakes', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Bake')
    const late = { ...taskOf(world, drive), token: 'late', waitingFor: 'bake' } as const
    await drive.until('Assess')
    await drive.until('Bake')
    await drive.until('Assess')
    const waits = newestRollout(world).waiting?.token
    expect(waits).toBeDefined()
    await bake(world.ports, late)
    expect(newestRollout(world).waiting?.token).toBe(waits)
    const wish = { canary: 'web', kind: 'abort', who: 'ada', why: 'bad', id: 'a' } as const
    await signal(world.ports, wish)
    await bake(world.ports, late)
    expect(world.answers.map(({ token }) => token)).toEqual([waits])
  })

  it('of Bake that is tried again puts its new token in the place of the old one', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Bake')
    const task = taskOf(world, drive)
    await bake(world.ports, { ...task, token: 'first', waitingFor: 'bake' })
    await bake(world.ports, { ...task, token: 'second', waitingFor: 'bake' })
    expect(newestRollout(world).waiting?.token).toBe('second')
  })
})

const failed = async (world: World): Promise<WorkflowTask<WorkflowInput | Position>> => {
  const drive = await (await startRollout(world)).until('Bake')
  const task = taskOf(world, drive)
  const error = { Error: 'Broken', Cause: 'by the test' }
  await failBack(world.ports, { ...task, input: { ...task.input, error } })
  expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back' })
  return task
}

describe('an execution that is redriven', () => {
  it('after its rollout was settled and another came gives back no capacity and tells nothing', async () => {
    const world = createWorld()
    const task = await failed(world)
    const { rollout } = newestRollout(world)
    const first = world.store.rollouts.get(rollout)
    world.store.rollouts.set(rollout, { ...(first as Rollout), desiredCountBefore: 1 })
    world.services.set('shop/web-green', service('web-green', 'web:3'))
    await (await startRollout(world)).until('Ended')
    const told = world.notices.length
    world.calls.length = 0
    const { position } = await failBack(world.ports, task)
    expect(position).toMatchObject({ decision: 'failed-back', rollout })
    expect(world.calls).toEqual([])
    expect(world.notices).toHaveLength(told)
    expect(world.store.states.get('web')).toMatchObject({ live: 'green', lastOutcome: 'promoted' })
  })

  it.each([
    ['Prepare', (world: World, task: WorkflowTask) => prepare(world.ports, task)],
    ['Fail Back', (world: World, task: WorkflowTask) => failBack(world.ports, task)],
  ])('at %s after its record was forgotten makes none anew', async (state, run) => {
    const world = createWorld()
    const task = await failed(world)
    const { rollout } = task.input
    world.store.rollouts.delete(rollout)
    world.services.set('shop/web-green', service('web-green', 'web:3'))
    await (await startRollout(world)).until('Bake')
    const weights = world.router.weights
    const answer = run(world, task as WorkflowTask)
    if (state === 'Prepare') await expect(answer).rejects.toMatchObject({ code: 'HoldLost' })
    else {
      expect((await answer) as object).toMatchObject({
        position: {
          decision: 'failed-back',
          reason: `rollout ${rollout}: it has no record and is not active (any more); ${task.execution} left the traffic alone`,
        },
      })
    }
    expect(world.store.rollouts.has(rollout)).toBe(false)
    expect(world.router.weights).toEqual(weights)
  })
})

it('a pause that comes during the look which would promote is heard', async () => {
  const world = createWorld()
  const drive = await (await startRollout(world)).until('Bake')
  const wish = { canary: 'web', id: 'p', kind: 'pause', who: 'ada', why: 'lunch' } as const
  const paused = async (): Promise<void> => {
    world.store.beforeWrite = () => {}
    expect(await signal(world.ports, wish)).toMatchObject({ kind: 'recorded' })
  }
  const { plan = [] } = newestRollout(world).definition ?? {}
  const bake = plan.at(-1)?.bake ?? 0
  const isLastLook = () => {
    const { progress, step } = newestRollout(world)
    const until = (progress?.startedAt ?? Number.POSITIVE_INFINITY) + bake * 1000
    return drive.state === 'Assess' && step === plan.length && world.clock.now() >= until
  }
  for (let n = 0; n < 500 && !isLastLook(); n++) await drive.step()
  expect(isLastLook()).toBe(true)
  world.store.beforeWrite = paused
  await drive.step()
  expect(drive.state).toBe('Assess')
  await drive.until('Bake')
  expect(newestRollout(world)).toMatchObject({ status: 'baking', gate: { kind: 'pause' } })
})
