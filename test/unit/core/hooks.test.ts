import { describe, expect, it } from 'vitest'
import { TransientError } from '../../../core/errors.ts'
import type { LambdaAnswer } from '../../../core/ports.ts'
import { type Drive, newestRollout, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, type World } from '../../fixtures/world.ts'

const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const hook = (name: string, more: object = {}) => ({ name, function: arn(name), ...more })
const answered = (payload: unknown): LambdaAnswer => ({ kind: 'answered', payload })
const busy = (retryAfter = 10) => answered({ status: 'in-progress', reason: 'busy', retryAfter })

async function begin(hooks: object, more: object = {}) {
  const world = createWorld()
  world.store.definitions.set('web', definition({ hooks, ...more }))
  return { world, drive: await startRollout(world) }
}

const ids = (world: World) => world.invocations.map(({ payload }) => payload.id)
const visits = (drive: Drive, state: string) =>
  drive.visited.filter((visited) => visited === state).length

describe('hooks', () => {
  it('are asked in the order of the rollout, each once', async () => {
    const { world, drive } = await begin({
      beforeTraffic: [hook('warm'), hook('check')],
      afterStep: [hook('smoke')],
      beforePromote: [hook('sign')],
      afterFailBack: [hook('page')],
    })
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
    expect(ids(world)).toEqual([
      'web-1/beforeTraffic/warm',
      'web-1/beforeTraffic/check',
      'web-1/afterStep/1/smoke',
      'web-1/afterStep/2/smoke',
      'web-1/afterStep/3/smoke',
      'web-1/beforePromote/sign',
    ])
    const told = newestRollout(world).timeline.filter(({ what }) => what === 'hook passed')
    expect(told.map(({ why }) => why)).toEqual([
      'beforeTraffic warm: answered pass',
      'beforeTraffic check: answered pass',
      'afterStep smoke: answered pass',
      'afterStep smoke: answered pass',
      'afterStep smoke: answered pass',
      'beforePromote sign: answered pass',
    ])
    expect(told[0]?.who).toBe(arn('warm'))
  })

  it('before traffic are asked with no traffic moved, and after a step before the next shift', async () => {
    const { world, drive } = await begin({
      beforeTraffic: [hook('warm')],
      afterStep: [hook('smoke')],
    })
    await drive.until('Ended')
    const payloads = world.invocations.map(({ payload: { step, weight, steps } }) => [
      step,
      weight,
      steps,
    ])
    expect(payloads).toEqual([
      [0, 0, 3],
      [1, 10, 3],
      [2, 50, 3],
      [3, 100, 3],
    ])
  })

  it('in progress hold back the traffic until they have answered', async () => {
    const { world, drive } = await begin({ beforeTraffic: [hook('warm'), hook('other')] })
    world.lambdas.set(arn('warm'), [busy(), busy(), answered({ status: 'pass' })])
    await drive.until('Wait Until Ready')
    await drive.step()
    expect(world.router.written).toEqual([])
    await drive.until('Shift Traffic')
    expect(visits(drive, 'Wait Until Ready')).toBe(5)
    expect(ids(world)).toEqual([
      'web-1/beforeTraffic/warm',
      'web-1/beforeTraffic/warm',
      'web-1/beforeTraffic/warm',
      'web-1/beforeTraffic/other',
    ])
    expect(world.invocations.map(({ payload }) => payload.attempt)).toEqual([1, 2, 3, 1])
  })

  it('before traffic take nothing of the time in which the candidate has to be ready', async () => {
    const { world, drive } = await begin(
      { beforeTraffic: [hook('warm')] },
      { ready: { timeout: '1m' } },
    )
    world.lambdas.set(arn('warm'), [busy(120)])
    const steady = world.services.get('shop/web-green') ?? expect.fail('no service')
    await drive.until('Wait Until Ready')
    await drive.step()
    world.clock.advance(120)
    // One task is being replaced while the hook is at it.
    world.services.set('shop/web-green', { ...steady, steady: false })
    await drive.step()
    expect(drive.state).toBe('Wait Until Ready')
    world.services.set('shop/web-green', steady)
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')

    const slow = await begin({ beforeTraffic: [hook('warm')] }, { ready: { timeout: '1m' } })
    await slow.drive.until('Wait Until Ready')
    slow.world.services.set('shop/web-green', { ...steady, steady: false })
    await slow.drive.until('Ended')
    expect(newestRollout(slow.world).reason).toContain('was not ready within 60 s')
  })

  it('of two points that take their time are asked at two looks', async () => {
    const { world, drive } = await begin({
      afterStep: [hook('smoke')],
      beforePromote: [hook('sign')],
    })
    await drive.until('Assess')
    const { lambdas } = world.reach
    const { invoke } = lambdas
    lambdas.invoke = async (...given) => {
      world.clock.advance(14)
      return invoke(...given)
    }
    const asked: number[] = []
    while (drive.state !== 'Ended') {
      const before = world.invocations.length
      await drive.step()
      asked.push(world.invocations.length - before)
    }
    expect(Math.max(...asked)).toBe(1)
    expect(newestRollout(world).outcome).toBe('promoted')
    expect(ids(world).slice(-2)).toEqual(['web-1/afterStep/3/smoke', 'web-1/beforePromote/sign'])
  })

  it('are asked at their deadline at the latest, whenever they want to be', async () => {
    const { world, drive } = await begin({ beforePromote: [hook('sign', { deadline: '1m' })] })
    world.lambdas.set(arn('sign'), [busy(3_600), busy(3_600)])
    await drive.until('Ended')
    expect(newestRollout(world).reason).toContain('no answer after 60 s')
    const { timeline, endedAt = 0 } = newestRollout(world)
    const shifted = timeline.filter(({ what }) => what === 'shifted').at(-1)?.at ?? 0
    expect(endedAt - shifted).toBeLessThan(180_000)
  })

  it('that fail before traffic end the rollout with none moved', async () => {
    const { world, drive } = await begin({ beforeTraffic: [hook('warm'), hook('other')] })
    world.lambdas.set(arn('warm'), [answered({ status: 'fail', reason: 'migrations are missing' })])
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      reason: 'CandidateNotReady: hook warm of beforeTraffic: migrations are missing',
    })
    expect(world.router.written).toEqual([])
    expect(ids(world)).toEqual(['web-1/beforeTraffic/warm'])
  })

  it('that fail after a step fail back', async () => {
    const { world, drive } = await begin({ afterStep: [hook('smoke'), hook('never')] })
    world.lambdas.set(arn('smoke'), [
      answered({ status: 'pass' }),
      answered({ status: 'fail', reason: '2 journeys broke' }),
    ])
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      step: 2,
      reason: 'hook smoke of afterStep: 2 journeys broke',
    })
    expect(ids(world).filter((id) => id.endsWith('never'))).toEqual(['web-1/afterStep/1/never'])
  })

  it('in progress let the checks go on, and a check that fails meanwhile fails back', async () => {
    const { world, drive } = await begin({ beforePromote: [hook('sign')] })
    world.lambdas.set(arn('sign'), [busy(60), busy(60), busy(60)])
    await drive.until('Assess')
    while (!newestRollout(world).reason.startsWith('waiting for hook')) await drive.step()
    expect(newestRollout(world)).toMatchObject({
      status: 'baking',
      achieved: 100,
      reason: 'waiting for hook sign of beforePromote: busy',
    })
    world.targets.set(
      'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/green/1234567890abcdef',
      ['unhealthy', 'unhealthy'],
    )
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      reason: '0 of 2 targets of green are healthy',
    })
  })

  it('in progress for longer than maxExtension leave the checks their patience', async () => {
    const { world, drive } = await begin(
      { beforePromote: [hook('sign', { deadline: '1h' })] },
      { maxExtension: '1m' },
    )
    world.lambdas.set(arn('sign'), [busy(600)])
    await drive.until('Assess')
    while (!newestRollout(world).reason.startsWith('waiting for hook')) await drive.step()
    const since = world.clock.now()
    while (world.clock.now() < since + 300_000) await drive.step()
    await drive.until('Assess')
    // One provider's error, in the middle of it.
    world.faults.set('describe', [new TransientError('throttled')])
    await drive.step()
    expect(newestRollout(world).reason).toContain('bake extended: ')
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('past their deadline count as failed', async () => {
    const { world, drive } = await begin({ beforePromote: [hook('sign', { deadline: '2m' })] })
    world.lambdas.set(
      arn('sign'),
      Array.from({ length: 50 }, () => busy(30)),
    )
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({
      outcome: 'failed-back',
      reason: 'hook sign of beforePromote: no answer after 120 s: busy',
    })
  })

  it.each([
    ['fail-back', 'failed-back'],
    ['continue', 'promoted'],
  ])(
    'without an answer are asked again so often, then onFailure is %s',
    async (onFailure, outcome) => {
      const { world, drive } = await begin({
        beforePromote: [hook('sign', { retries: 2, onFailure })],
      })
      const threw: LambdaAnswer = { kind: 'failed', reason: 'failed: Error: out of memory' }
      world.lambdas.set(arn('sign'), [threw, answered('?'), threw])
      await drive.until('Ended')
      expect(world.invocations).toHaveLength(3)
      const rollout = newestRollout(world)
      expect(rollout.outcome).toBe(outcome)
      expect(rollout.timeline.map(({ why }) => why)).toContain(
        'beforePromote sign: failed: Error: out of memory',
      )
    },
  )

  it('have their retries anew after each answer, and leave the record with their step', async () => {
    const { world, drive } = await begin({ afterStep: [hook('smoke', { retries: 1 })] })
    const threw: LambdaAnswer = { kind: 'failed', reason: 'failed: Error: out of memory' }
    world.lambdas.set(arn('smoke'), [threw, busy(1), threw, answered({ status: 'pass' })])
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
    expect(Object.keys(newestRollout(world).hooks ?? {})).toEqual(['afterStep/3/smoke'])
  })

  it('that Lambda does not take are asked again', async () => {
    const { world, drive } = await begin({ beforePromote: [hook('sign')] })
    world.faults.set('invoke', [new TransientError('throttled'), new TransientError('throttled')])
    await drive.until('Ended')
    expect(newestRollout(world).outcome).toBe('promoted')
  })

  it('after a fail back are all told why, and change nothing', async () => {
    const { world, drive } = await begin({ afterFailBack: [hook('page'), hook('ticket')] })
    world.lambdas.set(arn('page'), [answered({ status: 'fail' })])
    world.stopped.set('shop/web-green', [
      {
        task: 't',
        stopCode: 'EssentialContainerExited',
        reason: 'exit 1',
        deployment: 'ecs-svc/web:2',
        stoppedAt: world.clock.now() + 60_000,
      },
    ])
    await drive.until('Ended')
    expect(newestRollout(world)).toMatchObject({ outcome: 'failed-back', achieved: 0 })
    const told = world.invocations.map(({ payload: { id, reason, weight } }) => [
      id,
      reason,
      weight,
    ])
    expect(told).toEqual([
      ['web-1/afterFailBack/page', expect.stringContaining('1 task of shop/web-green died'), 0],
      ['web-1/afterFailBack/ticket', expect.stringContaining('1 task of shop/web-green died'), 0],
    ])
  })

  it('after a fail back wait for nobody: the state is settled, and the next rollout may start', async () => {
    const { world, drive } = await begin({
      beforeTraffic: [hook('warm')],
      afterFailBack: [hook('page')],
    })
    world.lambdas.set(arn('warm'), [answered({ status: 'fail' })])
    world.lambdas.set(arn('page'), [busy(), busy(), answered({ status: 'pass' })])
    await drive.until('Fail Back')
    await drive.step()
    expect(drive.state).toBe('Fail Back')
    expect(world.store.states.get('web')?.activeRollout).toBeUndefined()
    await drive.until('Ended')
    expect(world.notices.filter(({ state }) => state === 'failed-back')).toHaveLength(1)
    expect(ids(world).filter((id) => id.endsWith('page'))).toHaveLength(3)
  })

  it('are not asked again by an invocation that lost its answer', async () => {
    const { world, drive } = await begin({ afterStep: [hook('smoke')] })
    await drive.until('Assess')
    world.clock.advance(60)
    // The hook has answered, and then the write of the decision fails.
    let writes = 0
    world.store.beforeWrite = () => {
      writes += 1
      if (world.invocations.length === 1 && writes === 2) throw new TransientError('lost')
    }
    await drive.step()
    expect(drive.state).toBe('Assess')
    world.store.beforeWrite = () => {}
    await drive.until('Shift Traffic')
    expect(ids(world)).toEqual(['web-1/afterStep/1/smoke'])
  })
})

it('an invocation that another execution’s hold outran writes nothing', async () => {
  const { world, drive } = await begin({ afterStep: [hook('smoke')] })
  await drive.until('Assess')
  world.clock.advance(60)
  const seen = newestRollout(world)
  world.lambdas.set(arn('smoke'), [answered({ status: 'pass' })])
  const { lambdas } = world.reach
  const { invoke } = lambdas
  lambdas.invoke = async (...given) => {
    world.store.rollouts.set('web-1', { ...seen, hold: { execution: 'web-1-guard-1' } })
    return invoke(...given)
  }
  await drive.step()
  expect(newestRollout(world).hooks).toBeUndefined()
})
