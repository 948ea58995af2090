import { describe, expect, it } from 'vitest'
import type { MetricPoint, TargetState } from '../../../core/ports.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, service, targetGroup, type World } from '../../fixtures/world.ts'

const MINUTE = 60_000

async function look(world: World, check: Record<string, unknown>) {
  const { verdicts } = await lookAt(world, [check])
  return verdicts[0] ?? expect.fail('no verdict')
}

describe('targets', () => {
  it.each<[TargetState[], number, string]>([
    [['healthy', 'healthy'], 100, 'pass'],
    [['unhealthy', 'healthy'], 100, 'fail'],
    [['healthy', 'unhealthy'], 100, 'fail'],
    [['healthy', 'unhealthy'], 50, 'pass'],
    [[], 100, 'fail'],
    [['draining'], 100, 'fail'],
    [['healthy', 'draining'], 100, 'pass'],
    [['initial', 'healthy'], 100, 'inconclusive'],
    [['unavailable'], 100, 'fail'],
    [['unused', 'healthy'], 100, 'fail'],
  ])('%j with %d percent wanted: %s', async (states, minHealthy, kind) => {
    const world = createWorld()
    world.targets.set(targetGroup('green'), states)
    expect((await look(world, { type: 'targets', minHealthy })).kind).toBe(kind)
  })
})

describe('ecs', () => {
  const death = {
    task: 't',
    stopCode: 'EssentialContainerExited',
    reason: 'exit 1',
    deployment: 'ecs-svc/web:2',
  }

  it('passes a steady service, and one that is being scaled decides nothing', async () => {
    const world = createWorld()
    expect(await look(world, { type: 'ecs' })).toMatchObject({
      kind: 'pass',
      reason: 'shop/web-green runs 2 of 2 tasks, none died',
    })
    world.services.set('shop/web-green', service('web-green', 'web:2', { desiredCount: 4 }))
    expect((await look(world, { type: 'ecs' })).kind).toBe('inconclusive')
  })

  it('fails deaths of this rollout and deployment only', async () => {
    const world = createWorld()
    const now = world.clock.now()
    world.stopped.set('shop/web-green', [
      { ...death, stoppedAt: now - 20 * MINUTE },
      { ...death, stoppedAt: now, deployment: 'ecs-svc/older' },
      { ...death, stoppedAt: now, stopCode: 'SpotInterruption' },
    ])
    expect((await look(world, { type: 'ecs' })).kind).toBe('pass')
    world.stopped.set('shop/web-green', [{ ...death, stoppedAt: now }])
    expect((await look(world, { type: 'ecs' })).kind).toBe('fail')
    expect((await look(world, { type: 'ecs', maxStoppedTasks: 1 })).kind).toBe('pass')
  })

  it('fails a deployment that ECS gave up, another revision, and a service that is gone', async () => {
    const world = createWorld()
    const { primary } = service('web-green', 'web:2')
    world.services.set(
      'shop/web-green',
      service('web-green', 'web:2', { primary: { ...primary, rolloutState: 'FAILED' } }),
    )
    expect((await look(world, { type: 'ecs' })).kind).toBe('fail')
    world.services.set('shop/web-green', service('web-green', 'web:9'))
    expect((await look(world, { type: 'ecs' })).reason).toBe(
      'shop/web-green now runs web:9, not web:2',
    )
    world.services.delete('shop/web-green')
    expect((await look(world, { type: 'ecs' })).kind).toBe('fail')
  })
})

describe('alarms', () => {
  it.each([
    ['OK', 'pass'],
    ['ALARM', 'fail'],
    ['INSUFFICIENT_DATA', 'inconclusive'],
  ] as const)('in %s: %s', async (state, kind) => {
    const world = createWorld()
    world.alarms.set('5xx', { name: '5xx', state, reason: 'because', since: undefined })
    expect((await look(world, { type: 'alarms', alarms: ['5xx'] })).kind).toBe(kind)
  })

  it('that are gone are an error, unless another one fires', async () => {
    const world = createWorld()
    expect((await look(world, { type: 'alarms', alarms: ['a', 'b'] })).kind).toBe('error')
    world.alarms.set('b', { name: 'b', state: 'ALARM', reason: 'x', since: undefined })
    expect((await look(world, { type: 'alarms', alarms: ['a', 'b'] })).kind).toBe('fail')
  })
})

describe('a metric', () => {
  const source = { namespace: 'AWS/ApplicationELB', metric: 'errors' }
  const rate = {
    type: 'metric',
    name: 'rate',
    source,
    per: { ...source, metric: 'requests' },
    above: 0.01,
    window: '2m',
    minimumSample: 100,
  }
  const points = (world: World, ...values: number[]): MetricPoint[] =>
    values.map((value, index) => ({
      at: world.clock.now() - (values.length - index) * MINUTE,
      value,
    }))

  it.each([
    ['within the threshold', [1, 0], [500, 500], 'pass', 0.001],
    ['above it', [10, 20], [500, 500], 'fail', 0.03],
    ['without an error at all: the missing points are zero', [], [500, 500], 'pass', 0],
    ['with too little traffic', [5], [20], 'inconclusive', 0.25],
  ])('%s', async (_name, errors, requests, kind, value) => {
    const world = createWorld()
    world.series.errors = points(world, ...errors)
    world.series.requests = points(world, ...requests)
    expect(await look(world, rate)).toMatchObject({ kind, numbers: { value } })
  })

  it('without any data decides nothing', async () => {
    const world = createWorld()
    expect(await look(world, rate)).toMatchObject({
      kind: 'inconclusive',
      reason: 'rate: no data in 120 s',
    })
  })

  it.each([
    [
      'alone is no data',
      [Number.NaN],
      'inconclusive',
      'rate: no data in 120 s (1 point without a number)',
    ],
    [
      'among others is left out, and told',
      [600, Number.NaN],
      'pass',
      'rate is 0 over 120 s (sample 600) (1 point without a number)',
    ],
  ])('a point that is no number %s', async (_name, requests, kind, reason) => {
    const world = createWorld()
    world.series.requests = points(world, ...requests)
    expect(await look(world, rate)).toMatchObject({ kind, reason, numbers: { refused: 1 } })
  })

  it('looks at whole periods only, and none from before the step', async () => {
    const world = createWorld()
    world.clock.advance(30)
    const { window } = await look(world, { ...rate, window: '1h', delay: '1m' })
    const now = world.clock.now()
    expect(window).toEqual({ from: now - 4.5 * MINUTE, to: now - 1.5 * MINUTE })
  })

  it.each([
    ['Average', 30],
    ['Sum', 60],
    ['Minimum', 10],
    ['Maximum', 50],
    ['p99', 30],
  ])('of statistic %s compares %d', async (statistic, value) => {
    const world = createWorld()
    world.series.errors = points(world, 10, 50)
    const single = { ...rate, per: undefined, source: { ...source, statistic }, minimumSample: 0 }
    expect(await look(world, { ...single, above: value - 1 })).toMatchObject({ kind: 'fail' })
    expect(await look(world, { ...single, above: value })).toMatchObject({ kind: 'pass' })
    expect(await look(world, { ...single, above: undefined, below: value + 1 })).toMatchObject({
      kind: 'fail',
    })
  })

  it('names the candidate’s place in its dimensions as CloudWatch spells it', async () => {
    const world = createWorld()
    const asked: unknown[] = []
    const { read } = world.reach.metrics
    world.reach.metrics.read = (queries, window) => {
      asked.push(...queries.map((query) => 'dimensions' in query && query.dimensions))
      return read(queries, window)
    }
    const dimensions = { TargetGroup: '$' + '{targetGroup}', ServiceName: '$' + '{service}' }
    await look(world, { ...rate, per: undefined, source: { ...source, dimensions } })
    expect(asked).toEqual([
      { TargetGroup: 'targetgroup/green/1234567890abcdef', ServiceName: 'web-green' },
    ])
  })
})
