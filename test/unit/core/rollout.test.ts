import { describe, expect, it } from 'vitest'
import { RoleError, TransientError } from '../../../core/errors.ts'
import { noteStoppedTask } from '../../../core/use-cases/note-stopped-task.ts'
import { retrigger } from '../../../core/use-cases/retrigger.ts'
import { signal } from '../../../core/use-cases/signal.ts'
import { newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, service, targetGroup } from '../../fixtures/world.ts'

const ROLES = 'arn:aws:iam::123456789012:role/sluice/'

describe('a rollout', () => {
  it('promotes a healthy candidate step by step and swaps the roles', async () => {
    const world = createWorld()
    const drive = await startRollout(world)
    await drive.until('Ended')

    expect(drive.position).toMatchObject({ decision: 'promoted', weight: 100 })
    expect(world.router.written).toEqual([
      { blue: 9, green: 1 },
      { blue: 1, green: 1 },
      { blue: 0, green: 999 },
    ])
    expect(world.store.states.get('web')).toMatchObject({
      live: 'green',
      candidateService: 'shop/web-blue',
      triggered: true,
      revision: 'web:1',
      lastOutcome: 'promoted',
    })
    expect(world.store.states.get('web')).not.toHaveProperty('activeRollout')
  })

  it('goes the other way after a promotion', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    world.services.set('shop/web-blue', service('web-blue', 'web:3'))
    const drive = await startRollout(world)
    await drive.until('Ended')

    expect(drive.position).toMatchObject({
      candidate: 'blue',
      revision: 'web:3',
      decision: 'promoted',
    })
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
  })

  it('fails back to the recorded baseline, not to hard-coded weights', async () => {
    const world = createWorld()
    world.router.weights = { blue: 7, green: 0 }
    const drive = await (await startRollout(world)).until('Bake')
    world.targets.set([...world.targets.keys()][1] ?? '', ['unhealthy', 'healthy'])
    await drive.until('Ended')

    expect(drive.position).toMatchObject({
      decision: 'failed-back',
      reason: '1 of 2 targets of green are healthy',
    })
    expect(world.router.weights).toEqual({ blue: 7, green: 0 })
    expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back', achieved: 0 })
  })

  it('never shifts before the candidate is ready, and gives up at the deadline', async () => {
    const world = createWorld()
    world.targets.set([...world.targets.keys()][1] ?? '', ['initial', 'initial'])
    const drive = await startRollout(world)
    await drive.until('Ended')

    expect(world.router.written).toEqual([])
    expect(drive.position.reason).toMatch(/green was not ready within 900 s: 0 of 2 targets/)
  })

  it('waits for capacity measured against the live slot', async () => {
    const world = createWorld()
    world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 10 }))
    const drive = await startRollout(world)
    await drive.until('Ended')

    // Two tasks carry 10 % of ten, not 50 %.
    expect(drive.position.reason).toMatch(/runs 2 of the 5 tasks that 50 % of the traffic needs/)
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
  })

  it('scales for its share where the definition says so, and gives it back after a fail back', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ capacity: { policy: 'scale', deadline: '1m' } }),
    )
    world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 10 }))
    const drive = await startRollout(world)
    await drive.until('Ended')

    expect(world.calls.filter((call) => call === 'setDesiredCount')).toHaveLength(2)
    expect(newestRollout(world).desiredCountBefore).toBe(2)
    expect(world.services.get('shop/web-green')?.desiredCount).toBe(2)
  })

  it('bakes from when clients’ answers have run out, and looks before that already', async () => {
    const world = createWorld()
    world.router.ttl = 60
    const drive = await (await startRollout(world)).until('Bake')
    const verified = world.clock.now()
    expect(newestRollout(world).progress?.startedAt).toBe(verified + 60_000)

    await drive.until('Assess')
    await drive.until('Shift Traffic')
    const { looks, timeline } = newestRollout(world)
    expect(looks).toBe(12)
    // The time to live, then the bake.
    expect((timeline.at(-1)?.at ?? 0) - verified).toBe(120_000)
  })

  it('fails back while clients still hold the old answer', async () => {
    const world = createWorld()
    world.router.ttl = 300
    const drive = await (await startRollout(world)).until('Bake')
    world.targets.set(targetGroup('green'), ['unhealthy', 'unhealthy'])
    const verified = world.clock.now()
    await drive.until('Ended')
    expect(drive.position.decision).toBe('failed-back')
    expect(world.clock.now() - verified).toBeLessThan(20_000)
  })

  it('fails back when an operator aborts, at once', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    const wish = { canary: 'web', id: 'a1', kind: 'abort', who: 'ada', why: 'wrong build' } as const

    expect(await signal(world.ports, wish)).toMatchObject({ kind: 'recorded' })
    expect(await signal(world.ports, wish)).toMatchObject({ kind: 'duplicate' })
    await drive.until('Ended')
    expect(drive.position).toMatchObject({
      decision: 'failed-back',
      reason: 'aborted by ada (not verified): wrong build',
    })
    expect(await signal(world.ports, wish)).toMatchObject({
      kind: 'refused',
      reason: 'no rollout of web is active; web-1 ended failed-back',
    })
  })

  it('loses no wake-up: a signal before the token answers the token', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Bake')
    await signal(world.ports, { canary: 'web', id: 'a1', kind: 'abort', who: 'ada', why: 'no' })
    expect(world.answers).toEqual([])
    await drive.step()
    expect(world.answers).toEqual([{ token: expect.any(String), output: { signal: 'abort' } }])
  })

  it('keeps failing back while AWS is away, and verifies what it restored', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    await signal(world.ports, { canary: 'web', id: 'a1', kind: 'abort', who: 'ada', why: 'no' })
    await drive.until('Fail Back')
    for (let n = 0; n < 20; n++) {
      world.router.faults.push({
        kind: n % 2 === 0 ? 'refused' : 'lost',
        error: new TransientError('elastic load balancing answers 503'),
      })
    }
    await drive.until('Ended')
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(drive.position.decision).toBe('failed-back')
  })

  it('fails back as the role that the canary has now, where its own is gone', async () => {
    const world = createWorld()
    const [own, other] = ['canary/own', 'canary/other'].map((name) => `${ROLES}${name}`)
    world.store.definitions.set('web', definition({ role: own }))
    const drive = await (await startRollout(world)).until('Bake')
    world.targets.set([...world.targets.keys()][1] ?? '', ['unhealthy', 'healthy'])
    await drive.until('Fail Back')
    const gone = new RoleError(`role ${own} cannot be assumed`)
    world.router.faults.push({ kind: 'refused', error: gone }, { kind: 'refused', error: gone })
    await expect(drive.step()).rejects.toThrow(gone)

    world.store.definitions.set('web', definition({ role: other }))
    await retrigger(world.ports, { record: 'definition', canary: 'web' })
    await drive.until('Ended')
    expect(drive.position).toMatchObject({ decision: 'failed-back' })
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
    expect(world.roles).toContain(other)
  })

  it('is not promoted while somebody else’s weights stand in the router', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Promote')
    world.router.weights = { blue: 500, green: 499 }
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/RouterRefused: rule\/1: green has 49.9 % of the traffic/)
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
  })

  it('does not start where the candidate has traffic already', async () => {
    const world = createWorld()
    world.router.weights = { blue: 90, green: 10 }
    const drive = await startRollout(world)
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(
      /the candidate green has weight 10 already \(10 %\); set it/,
    )
    expect(world.router.written).toEqual([])
  })

  it('does not start on an alarm that fires already, nor on one that does not exist', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ checks: [{ type: 'alarms', alarms: ['5xx'] }] }),
    )
    const unknown = await (await startRollout(world)).until('Ended')
    expect(unknown.position.reason).toMatch(
      /checks.0.alarms \("5xx"\): CloudWatch has no such alarm/,
    )

    world.alarms.set('5xx', { name: '5xx', state: 'ALARM', reason: 'too many', since: undefined })
    const firing = await (await startRollout(world)).until('Ended')
    expect(firing.position.reason).toMatch(/was in ALARM before the rollout began \(too many\)/)
    expect(world.router.written).toEqual([])
  })

  it('notes an alarm that fires already and is ignored, and goes by the others until it was OK', async () => {
    const world = createWorld()
    const check = { type: 'alarms', alarms: ['5xx', 'slow'], alreadyFiring: 'ignore' }
    world.store.definitions.set('web', definition({ checks: [check] }))
    const since = world.clock.now() - 60_000
    const firing = { name: '5xx', state: 'ALARM' as const, reason: 'too many', since }
    world.alarms.set('5xx', firing)
    world.alarms.set('slow', { name: 'slow', state: 'OK', reason: '', since })
    const drive = await startRollout(world)
    await drive.until('Shift Traffic')
    expect(newestRollout(world).timeline.at(-1)?.why).toBe(
      'baseline blue 999 : green 0; alarm 5xx is in ALARM already (too many)',
    )
    while (newestRollout(world).step < 2) await drive.step()
    expect(newestRollout(world).evidence[0]?.reason).toBe(
      'slow: OK; 5xx fires since before the rollout and is ignored',
    )
    world.alarms.set('5xx', { ...firing, since: world.clock.now() })
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      reason: 'alarm 5xx is in ALARM: too many',
    })
  })

  it.each([
    ['web-green', 'nothing could take traffic'],
    ['web-blue', 'there is nothing to fail back to'],
  ])('does not start while %s wants no task', async (name, why) => {
    const world = createWorld()
    const drive = await startRollout(world)
    const before = world.services.get(`shop/${name}`) ?? expect.fail('no service')
    world.services.set(`shop/${name}`, { ...before, desiredCount: 0 })
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(`its desired count is 0, so ${why}; set it to at least 1`)
    expect(world.router.written).toEqual([])
  })

  it('tells on its timeline what it was started for', async () => {
    const world = createWorld()
    await (await startRollout(world)).until('Ended')
    expect(newestRollout(world).timeline[0]).toMatchObject({
      what: 'claimed',
      why: 'Triggered was reset in the table',
    })
  })

  it('does not start where clients would hold an answer for longer than five minutes', async () => {
    const world = createWorld()
    world.router.ttl = 3_600
    const drive = await (await startRollout(world)).until('Ended')
    expect(drive.position.reason).toMatch(/time to live is 3600 s.*; set at most 300/)
    expect(world.router.written).toEqual([])
  })

  it.each(['queue', 'reject'])(
    'never promotes a revision that it did not roll out, under "%s"',
    async (onNewRevision) => {
      const world = createWorld()
      world.store.definitions.set(
        'web',
        definition({ onNewRevision, checks: [{ type: 'targets' }] }),
      )
      const drive = await (await startRollout(world)).until('Promote')
      world.services.set('shop/web-green', service('web-green', 'web:3'))
      await drive.until('Ended')
      expect(drive.position).toMatchObject({
        decision: 'failed-back',
        reason: 'CandidateNotReady: shop/web-green now runs web:3, not web:2',
      })
    },
  )

  it.each([
    ['supersede', 'fail-back'],
    ['queue', 'bake'],
  ])('under "%s" another revision in the middle of a bake means: %s', async (given, decision) => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ onNewRevision: given, checks: [{ type: 'ecs' }] }),
    )
    const drive = await (await startRollout(world)).until('Assess')
    world.services.set('shop/web-green', service('web-green', 'web:3'))
    await drive.step()
    expect(drive.position.decision).toBe(decision)
    // Either way it gets no more traffic.
    await drive.until('Ended')
    expect(drive.position.reason).toContain('shop/web-green now runs web:3, not web:2')
  })

  it('is failed-back even where the raised capacity cannot be given back', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({ capacity: { policy: 'scale', deadline: '1m' } }),
    )
    world.services.set('shop/web-blue', service('web-blue', 'web:1', { desiredCount: 10 }))
    const drive = await (await startRollout(world)).until('Fail Back')
    world.faults.set('setDesiredCount', [new Error('ServiceNotFoundException')])
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back' })
    expect(newestRollout(world).timeline.at(-1)).toMatchObject({
      what: 'capacity not given back',
      why: 'ServiceNotFoundException',
    })
  })

  it('keeps its record small, whatever is written to it', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    for (let n = 0; n < 300; n++) {
      const stopped = {
        cluster: 'shop',
        service: 'web-green',
        revision: 'web:2',
        deployment: 'd',
        task: `task/${n}`,
        stopCode: 'EssentialContainerExited',
        reason: 'x'.repeat(10_000),
      }
      await noteStoppedTask(world.ports, stopped)
    }
    const wish = {
      canary: 'web',
      id: 'a1',
      kind: 'abort',
      who: 'ada',
      why: 'y'.repeat(10_000),
    } as const
    expect(await signal(world.ports, wish)).toMatchObject({ kind: 'recorded' })
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/^aborted by ada \(not verified\): y{400,}/)
    expect(JSON.stringify(newestRollout(world)).length).toBeLessThan(100_000)
  })

  it('holds for a person where the definition says so, and fails back when nobody answers', async () => {
    const world = createWorld()
    world.store.definitions.set(
      'web',
      definition({
        checks: [metricCheck()],
        onInconclusive: 'hold',
        holdTimeout: '10m',
      }),
    )
    const drive = await startRollout(world)
    await drive.until('Ended')

    expect(world.notices.map(({ state }) => state)).toContain('held')
    expect(drive.position.reason).toMatch(/nobody answered within 600 s/)
    expect(world.router.weights).toEqual({ blue: 999, green: 0 })
  })

  it('counts a provider error neither for nor against the candidate', async () => {
    const world = createWorld()
    const drive = await (await startRollout(world)).until('Assess')
    world.faults.set('health', [new TransientError('throttled')])
    await drive.step()
    expect(drive.position).toMatchObject({ decision: 'bake' })
    await drive.until('Ended')
    expect(drive.position.decision).toBe('promoted')
  })
})

function metricCheck() {
  const source = { namespace: 'AWS/ApplicationELB', metric: 'HTTPCode_Target_5XX_Count' }
  return {
    type: 'metric',
    name: 'errors',
    source,
    per: { ...source, metric: 'RequestCount' },
    above: 0.01,
    window: '1m',
    period: '10s',
  }
}
