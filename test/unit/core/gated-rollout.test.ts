import { describe, expect, it } from 'vitest'
import type { SignalKind } from '../../../core/model/signal.ts'
import { signal } from '../../../core/use-cases/signal.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, targetGroup, type World } from '../../fixtures/world.ts'

const plan = (approval: number) =>
  [10, 50, 100].map((weight, index) => ({ weight, bake: '1m', approval: index + 1 === approval }))

async function begun(fields: Record<string, unknown> = {}) {
  const world = createWorld()
  world.store.definitions.set('web', definition(fields))
  return { world, drive: await startRollout(world) }
}

const ask = (world: World, kind: SignalKind) =>
  signal(world.ports, { canary: 'web', id: kind, kind, who: 'ada', why: 'so' })

/** Goes on for so many looks. */
async function look(drive: Drive, times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    await drive.until('Bake')
    await drive.step()
    await drive.until('Bake')
  }
}

const shifts = (world: World) =>
  newestRollout(world).timeline.flatMap(({ what, weight }) => (what === 'shifted' ? [weight] : []))
const told = (world: World) => world.notices.map(({ state }) => state)

describe('a paused rollout', () => {
  it('stays at its weight however well it does, and goes on once it is resumed', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    await ask(world, 'pause')
    await look(drive, 30)
    expect(shifts(world)).toEqual([10])
    expect(newestRollout(world)).toMatchObject({
      status: 'baking',
      gate: { kind: 'pause', step: 2, reason: 'paused by ada (not verified): so' },
    })
    await ask(world, 'resume')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
    expect(newestRollout(world)).not.toHaveProperty('gate')
    expect(told(world).filter((state) => state === 'held')).toHaveLength(1)
  })

  it('fails back when nobody resumes it', async () => {
    const { world, drive } = await begun({ holdTimeout: '30m' })
    await drive.until('Bake')
    const paused = world.clock.now()
    await ask(world, 'pause')
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      reason: 'nobody resumed within 30m; paused by ada (not verified): so',
    })
    expect(world.clock.now() - paused).toBeLessThan(31 * 60_000)
  })

  it('does not shift even where it was paused when the shift was decided already', async () => {
    const { world, drive } = await begun()
    await drive.until('Assess')
    await drive.until('Shift Traffic')
    const written = world.router.written.length
    await ask(world, 'pause')
    await look(drive, 3)
    expect(world.router.written).toHaveLength(written)
    expect(newestRollout(world)).toMatchObject({ step: 1, gate: { kind: 'pause', step: 2 } })
    await ask(world, 'resume')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('does not take its first step either', async () => {
    const { world, drive } = await begun()
    await drive.until('Shift Traffic')
    await ask(world, 'pause')
    await look(drive, 3)
    expect(world.router.written).toEqual([])
    expect(newestRollout(world)).toMatchObject({ step: 0, status: 'waiting' })
    await ask(world, 'resume')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })
})

describe('before the first step', () => {
  it('the candidate stands ready without traffic for its test window', async () => {
    const { world, drive } = await begun({ testWindow: '10m' })
    await drive.until('Bake')
    const ready = world.clock.now()
    expect(newestRollout(world)).toMatchObject({ step: 0, gate: { kind: 'window', step: 1 } })
    await drive.until('Shift Traffic')
    expect(world.clock.now() - ready).toBe(600_000)
  })

  it('promote ends the test window, and the candidate has to be ready then', async () => {
    const { world, drive } = await begun({ testWindow: '10m' })
    await look(drive, 2)
    world.services.set('shop/web-green', service('web-green', 'web:2', { steady: false }))
    expect(await ask(world, 'promote')).toMatchObject({ kind: 'recorded' })
    await drive.step()
    for (let n = 0; n < 10; n++) await drive.step()
    expect(drive.state).toBe('Wait Until Ready')
    expect(world.router.written).toEqual([])
    world.services.set('shop/web-green', service('web-green', 'web:2'))
    await drive.until('Verify Shift')
    expect(world.router.written).toHaveLength(1)
  })

  it('an abort ends what waits there, with nothing moved', async () => {
    const { world, drive } = await begun({ plan: plan(1) })
    await drive.until('Bake')
    expect(newestRollout(world).status).toBe('holding')
    await ask(world, 'abort')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('failed-back')
    expect(world.router.written).toEqual([])
  })
})

describe('an approval', () => {
  it.each([1, 2, 3])('is waited for before step %d, and told once', async (step) => {
    const { world, drive } = await begun({ plan: plan(step) })
    await drive.until('Bake')
    for (let n = 0; n < 100 && newestRollout(world).gate?.kind !== 'approval'; n++)
      await drive.step()
    await look(drive, 10)
    expect(newestRollout(world)).toMatchObject({ status: 'holding', gate: { step } })
    expect(shifts(world)).toHaveLength(step - 1)
    expect(await ask(world, 'approve')).toMatchObject({ kind: 'recorded' })
    await drive.until('Ended')
    const { outcome, timeline } = newestRollout(world)
    expect(outcome).toBe('promoted')
    expect(told(world).filter((state) => state === 'held')).toHaveLength(1)
    const why = timeline.filter(({ what }) => what === 'decided to shift').map(({ why }) => why)
    expect(why.join('\n')).toContain('approved by ada (not verified) (so)')
  })

  it('that is refused fails back', async () => {
    const { world, drive } = await begun({ plan: plan(2) })
    await drive.until('Bake')
    for (let n = 0; n < 100 && newestRollout(world).status !== 'holding'; n++) await drive.step()
    await ask(world, 'reject')
    await drive.until('Ended')
    expect(newestRollout(world).reason).toBe('rejected by ada (not verified): so')
  })

  it.each([
    ['fail-back', 'failed-back'],
    ['approve', 'promoted'],
  ])('that nobody answers comes to %s where the definition says so', async (onTimeout, outcome) => {
    const approval = { beforePromote: true, timeout: '1h', onTimeout }
    const { world, drive } = await begun({ approval })
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe(outcome)
    const { reason, timeline } = newestRollout(world)
    const said = `${reason}\n${timeline.map(({ why }) => why).join('\n')}`
    expect(said).toContain(
      outcome === 'promoted' ? 'approval.onTimeout is "approve"' : 'nobody approved the promotion',
    )
  })

  it('holds back no fail', async () => {
    const { world, drive } = await begun({ plan: plan(2) })
    await drive.until('Bake')
    for (let n = 0; n < 100 && newestRollout(world).status !== 'holding'; n++) await drive.step()
    world.targets.set(targetGroup('green'), ['unhealthy', 'unhealthy'])
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('failed-back')
  })
})

describe('a promotion by a person', () => {
  it('passes the present step at once, and no other', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    const shifted = world.clock.now()
    await ask(world, 'promote')
    await drive.until('Shift Traffic')
    expect(world.clock.now()).toBe(shifted)
    expect(newestRollout(world).reason).toBe(
      'all checks pass and ada (not verified) promotes (so), 0 s of 60 s at 10 %',
    )
    await drive.until('Ended')
    expect(world.clock.now() - shifted).toBeGreaterThan(119_000)
  })

  it('in full goes straight to the last step, which has a look of its own', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    await ask(world, 'promote-full')
    await drive.until('Ended')
    expect(shifts(world)).toEqual([10, 100])
    expect(newestRollout(world)).toMatchObject({ outcome: 'promoted', progress: { passed: 1 } })
  })

  it('passes nothing on missing data', async () => {
    const source = { namespace: 'Shop', metric: 'Errors' }
    const checks = [{ type: 'metric', name: 'errors', source, above: 5 }]
    const { world, drive } = await begun({ checks })
    await drive.until('Bake')
    await ask(world, 'promote-full')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('failed-back')
    expect(shifts(world)).toEqual([10])
  })

  it('passes nothing while clients still hold the answer of before', async () => {
    const world = createWorld()
    world.router.ttl = 60
    const drive = await (await startRollout(world)).until('Bake')
    const verified = world.clock.now()
    await ask(world, 'promote')
    await drive.until('Shift Traffic')
    expect(world.clock.now() - verified).toBe(60_000)
  })
})

describe('what holds every step', () => {
  it('is read from the table: a freeze that was added later, and one that was taken away', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    const freeze = [{ from: '2025-01-01', to: '2027-01-01' }]
    world.store.definitions.set('web', definition({ freeze }))
    await look(drive, 20)
    expect(newestRollout(world)).toMatchObject({ step: 1, gate: { kind: 'freeze', step: 2 } })
    world.store.definitions.set('web', definition())
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('holds where a freeze in the table is broken, and says which and why', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    world.store.definitions.set(
      'web',
      definition({ freeze: [{ cron: '0 25 * * *', duration: '1h' }] }),
    )
    await look(drive, 20)
    expect(newestRollout(world).gate?.reason).toContain(
      'the freezes of web are broken in the table: freeze.0.cron: "0 25 * * *" is no cron',
    )
  })

  it('is the stopped line, before the first step as before any other', async () => {
    const { world, drive } = await begun()
    world.store.line = { stopped: true, reason: 'incident', who: 'maria' }
    await look(drive, 5)
    expect(newestRollout(world)).toMatchObject({
      step: 0,
      gate: { kind: 'line', reason: 'the line is stopped by maria: incident' },
    })
    world.store.line = { stopped: false }
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('costs two reads a step up, and none at a look that passes nothing', async () => {
    const { world, drive } = await begun()
    await drive.until('Bake')
    let lines = 0
    const read = world.store.readLine.bind(world.store)
    world.store.readLine = () => {
      lines++
      return read()
    }
    await look(drive, 5)
    expect(lines).toBe(0)
    await drive.until('Shift Traffic')
    expect(lines).toBe(1)
  })
})
