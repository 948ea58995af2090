import { describe, expect, it } from 'vitest'
import { TransientError } from '../../../core/errors.ts'
import { claimed, claimOf } from '../../../core/model/canary-state.ts'
import { isToBeRenewed, MOST_RECEIVES } from '../../../core/model/reminder.ts'
import type { WorkflowInput } from '../../../core/ports.ts'
import { lookAfter } from '../../../core/use-cases/look-after.ts'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import type { ExecutionView } from '../../../core/workflow-ports.ts'
import { Drive, newestRollout, type StateName, startRollout } from '../../fixtures/drive.ts'
import { createWorld, type World } from '../../fixtures/world.ts'

const CLAIM: WorkflowInput = {
  canary: 'web',
  rollout: 'web-1',
  attempt: 1,
  candidate: 'green',
  revision: 'web:2',
}

const look = (world: World, receives = 1) =>
  lookAfter(world.ports, { claim: { ...CLAIM }, receives })

/** A rollout with traffic on the candidate. */
async function baking() {
  const world = createWorld()
  await (await startRollout(world)).until('Bake')
  world.calls.length = 0
  return world
}

async function runTo(world: World, state: StateName) {
  const [name, input] = [...world.executions].at(-1) ?? expect.fail('no execution')
  await new Drive(world, name, input).until(state)
}

/** Runs the newest execution to its end, as Step Functions would. */
async function runNewest(world: World) {
  const [name, input] = [...world.executions].at(-1) ?? expect.fail('no execution')
  await new Drive(world, name, input).until('Ended')
  world.endings.set(name, { status: 'FAILED' })
  return name
}

describe('a reminder of a rollout', () => {
  it('whose execution runs comes again, and costs one call beside two reads', async () => {
    const world = await baking()
    world.store.reads = world.store.writes = 0
    expect(await look(world)).toMatchObject({ kind: 'watching', stays: true })
    expect([world.store.reads, world.store.writes]).toEqual([2, 0])
    expect(world.calls).toEqual(['describeExecution'])
  })

  it.each<[string, ExecutionView, string]>([
    ['was stopped', { status: 'ABORTED', cause: 'by hand' }, 'was stopped from outside (by hand)'],
    ['timed out', { status: 'TIMED_OUT' }, 'was timed out'],
    [
      'broke',
      { status: 'FAILED', cause: 'States.Runtime: odd' },
      'was broken (States.Runtime: odd)',
    ],
    [
      'ended as if all were well',
      { status: 'SUCCEEDED' },
      'was over before the rollout was settled',
    ],
  ])(
    'whose execution %s restores the baseline, and comes until that is done',
    async (_, ending, why) => {
      const world = await baking()
      world.endings.set('web-1', ending)
      expect(await look(world)).toMatchObject({ kind: 'recovering', stays: true })
      expect(world.router.weights).not.toEqual({ blue: 999, green: 0 })
      expect(await look(world)).toMatchObject({ kind: 'watching', stays: true })

      expect(await runNewest(world)).toBe('web-1-guard-1')
      expect(world.router.weights).toEqual({ blue: 999, green: 0 })
      expect(newestRollout(world)).toMatchObject({
        outcome: 'failed-back',
        reason: `execution web-1 ${why}`,
      })
      expect(await look(world)).toMatchObject({
        kind: 'settled',
        stays: false,
        reason: 'web-1 is settled (failed-back)',
      })
    },
  )

  it('twice at once starts one recovery', async () => {
    const world = await baking()
    world.endings.set('web-1', { status: 'ABORTED' })
    await Promise.all([look(world), look(world), look(world)])
    expect([...world.executions.keys()]).toEqual(['web-1', 'web-1-guard-1'])
  })

  it('starts the next recovery after one that ended before it took the hold', async () => {
    const world = await baking()
    world.endings.set('web-1', { status: 'ABORTED' })
    await look(world)
    world.endings.set('web-1-guard-1', { status: 'ABORTED' })
    expect(newestRollout(world).hold.execution).toBe('web-1')
    expect(await look(world)).toMatchObject({ kind: 'recovering', stays: true })
    expect([...world.executions.keys()]).toEqual(['web-1', 'web-1-guard-1', 'web-1-guard-2'])
  })

  it('asks of the recovery that holds the rollout, not of what it took over from', async () => {
    const world = await baking()
    world.endings.set('web-1', { status: 'ABORTED' })
    await look(world)
    const [name, input] = [...world.executions].at(-1) ?? expect.fail('no execution')
    world.router.pending = true
    await new Drive(world, name, input).step()
    world.calls.length = 0
    expect(await look(world)).toMatchObject({ kind: 'watching' })
    expect(world.calls).toEqual(['describeExecution'])
  })

  it('does not recover what was settled, and ended, while it was looked at', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Bake')
    const { describe: described } = world.ports.workflows
    Reflect.set(world.ports.workflows, 'describe', async (name: string) => {
      await drive.until('Ended')
      world.endings.set('web-1', { status: 'SUCCEEDED' })
      return described(name)
    })
    expect(await look(world)).toMatchObject({ kind: 'ignored', stays: true })
    expect([...world.executions.keys()]).toEqual(['web-1'])
    expect(await look(world)).toMatchObject({ kind: 'settled', stays: false })
  })

  it('finishes a promotion whose execution ended before the canary was settled', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Promote')
    const before = world.store.states.get('web') ?? expect.fail('no state')
    await drive.until('Ended')
    world.store.states.set('web', before)
    world.endings.set('web-1', { status: 'FAILED' })
    expect(await look(world)).toMatchObject({ kind: 'recovering', stays: true })
    await runNewest(world)
    expect(world.store.states.get('web')).toMatchObject({ live: 'green', lastOutcome: 'promoted' })
    expect(world.router.weights).toEqual({ blue: 0, green: 999 })
    expect(await look(world)).toMatchObject({ kind: 'settled', stays: false })
  })

  it('after ten recoveries is an error, and no more are started: the queue gives it up', async () => {
    const world = await baking()
    world.endings.set('web-1', { status: 'ABORTED' })
    for (let recovery = 1; recovery <= 10; recovery++) {
      await look(world)
      world.endings.set(`web-1-guard-${recovery}`, { status: 'ABORTED' })
    }
    for (const receives of [1, MOST_RECEIVES / 2, MOST_RECEIVES]) {
      await expect(look(world, receives)).rejects.toMatchObject({ name: 'RecoveryExhausted' })
    }
    expect(world.executions.size).toBe(11)
    expect(world.reminders).toEqual([])
  })
})

describe('a reminder of a claim', () => {
  /** Claimed, and nobody could start it. */
  async function claimedOnly() {
    const world = createWorld()
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    await world.ports.store.amendState('web', (state) => claimed(state, 'web:2', 'a test'))
    world.calls.length = 0
    return world
  }

  it('that was never started starts it, as the claim says, and comes again', async () => {
    const world = await claimedOnly()
    expect(await look(world)).toMatchObject({ kind: 'resumed', stays: true })
    expect([...world.executions]).toEqual([['web-1', CLAIM]])
    await runTo(world, 'Bake')
    expect(await look(world)).toMatchObject({ kind: 'watching', stays: true })
  })

  it('whose execution was stopped before its name was noted fails back', async () => {
    const world = await claimedOnly()
    await look(world)
    world.endings.set('web-1', { status: 'ABORTED' })
    expect(await look(world)).toMatchObject({ kind: 'recovering', stays: true })
    await runNewest(world)
    expect(world.store.states.get('web')).toMatchObject({ lastOutcome: 'failed-back' })
  })

  it('whose name is an older rollout’s ends nothing by that one’s outcome', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    world.endings.set('web-1', { status: 'SUCCEEDED' })
    // The table was lost in part: the canary begins anew, and its first claim has the same name.
    world.store.states.clear()
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    await world.ports.store.amendState('web', (state) => claimed(state, 'web:2', 'a test'))
    expect(await look(world)).toMatchObject({ kind: 'watching', stays: true })
    expect([...world.executions.keys()]).toEqual(['web-1'])
    expect(world.store.states.get('web')).toMatchObject({ activeRollout: 'web-1', live: 'blue' })
  })

  it('is not forgotten while nobody can start it', async () => {
    const world = await claimedOnly()
    world.faults.set('start', [new TransientError('no answer')])
    await expect(look(world)).rejects.toMatchObject({ name: 'Transient' })
    expect(await look(world)).toMatchObject({ kind: 'resumed' })
  })

  it('whose execution is not there (yet) starts the same one, which is one execution', async () => {
    const world = await claimedOnly()
    await retrigger(world.ports, {
      record: 'state',
      canary: 'web',
      before: { triggered: true },
      after: { triggered: true },
    })
    expect(world.store.states.get('web')).toHaveProperty('execution')
    world.executions.clear()
    expect(await look(world)).toMatchObject({ kind: 'resumed', stays: true })
    expect([...world.executions]).toEqual([['web-1', CLAIM]])
  })

  it('whose execution is gone with traffic moved restores the baseline', async () => {
    const world = await baking()
    world.executions.clear()
    expect(await look(world)).toMatchObject({ kind: 'recovering', stays: true })
    await runNewest(world)
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(newestRollout(world).reason).toBe('execution web-1 was not there any more')
  })
})

describe('reminders', () => {
  const change = (before: string | undefined, after: string | undefined) => ({
    record: 'state' as const,
    canary: 'web',
    before: { triggered: true, ...(before ? { activeRollout: before } : {}) },
    after: { triggered: true, ...(after ? { activeRollout: after } : {}) },
  })

  it('begin with the change that makes a rollout active, before its start is healed', async () => {
    const world = createWorld()
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    await world.ports.store.amendState('web', (state) => claimed(state, 'web:2', 'a test'))
    world.calls.length = 0
    await retrigger(world.ports, change(undefined, 'web-1'))
    expect(world.reminders).toEqual([CLAIM])
    expect(world.calls).toEqual(['remind', 'start'])
  })

  it.each([
    ['stays active', 'web-1', 'web-1'],
    ['ends', 'web-1', undefined],
    ['was another one, over since', undefined, 'web-0'],
  ])('do not begin with a change in which the rollout %s', async (_, before, after) => {
    const world = createWorld()
    await startRollout(world)
    await retrigger(world.ports, change(before, after))
    expect(world.reminders).toEqual([])
  })

  it('are not lost with the queue: the change is followed again', async () => {
    const world = createWorld()
    await startRollout(world)
    world.faults.set('remind', [new TransientError('no answer')])
    const began = change(undefined, 'web-1')
    await expect(retrigger(world.ports, began)).rejects.toMatchObject({ name: 'Transient' })
    await retrigger(world.ports, began)
    const state = world.store.states.get('web') ?? expect.fail('no state')
    expect(world.reminders).toEqual([claimOf(state)])
  })

  it('are renewed long before the queue gives them up, and rarely', () => {
    const receives = Array.from({ length: MOST_RECEIVES }, (_, index) => index + 1)
    expect(receives.filter(isToBeRenewed)).toEqual([80, 100, 120, 140, 160])
  })

  it('are replaced by the one that was put anew, which a failure to put it does not', async () => {
    const world = await baking()
    world.faults.set('remind', [new TransientError('no answer')])
    await expect(look(world, 80)).rejects.toMatchObject({ name: 'Transient' })
    expect(await look(world, 81)).toMatchObject({ kind: 'watching', stays: true })
    expect(world.reminders).toEqual([])
    expect(await look(world, 100)).toMatchObject({ kind: 'watching', stays: false })
    expect(world.reminders).toEqual([CLAIM])
  })
})
