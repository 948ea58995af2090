import { describe, expect, it } from 'vitest'
import { TransientError } from '../../../core/errors.ts'
import type { AlarmView, HttpAnswer, MetricPoint, TargetState } from '../../../core/ports.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, service, targetGroup, type World } from '../../fixtures/world.ts'

const MINUTE = 60_000

async function look(world: World, check: Record<string, unknown>) {
  const { verdicts } = await lookAt(world, [check])
  return verdicts[0] ?? expect.fail('no verdict')
}

const rollout = (world: World) => ({
  from: world.clock.now() - 10 * MINUTE,
  to: world.clock.now(),
})

describe('the evidence of targets', () => {
  it.each<[TargetState[], string, string, Record<string, number>]>([
    [
      ['healthy', 'initial', 'draining'],
      'inconclusive',
      '1 of 2 targets of green are healthy',
      { healthy: 1, initial: 1, targets: 2, minHealthy: 100 },
    ],
    [
      [],
      'fail',
      "green's target group has no targets",
      { healthy: 0, initial: 0, targets: 0, minHealthy: 100 },
    ],
  ])('%j', async (states, kind, reason, numbers) => {
    const world = createWorld()
    world.targets.set(targetGroup('green'), states)
    expect(await look(world, { type: 'targets' })).toEqual({
      check: 'targets',
      kind,
      reason,
      numbers,
      source: targetGroup('green'),
      window: rollout(world),
      at: world.clock.now(),
    })
  })
})

describe('the evidence of ecs', () => {
  const steady = { running: 2, desired: 2, stopped: 0, startFailures: 0, crashes: 0, allowed: 0 }
  const death = {
    task: 't',
    stopCode: 'EssentialContainerExited',
    reason: 'exit 1',
    deployment: 'ecs-svc/web:2',
  }

  it('of a steady service is everything that was seen of it', async () => {
    const world = createWorld()
    const checks = [{ type: 'targets' }, { type: 'ecs', effect: 'veto' }]
    const { verdicts } = await lookAt(world, checks)
    expect(verdicts[0]).not.toHaveProperty('effect')
    expect(verdicts[1]).toEqual({
      check: 'ecs',
      kind: 'pass',
      effect: 'veto',
      reason: 'shop/web-green runs 2 of 2 tasks, none died',
      numbers: steady,
      source: 'ecs shop/web-green',
      window: rollout(world),
      at: world.clock.now(),
    })
  })

  it('tells crashes and failed starts apart, and names the last death', async () => {
    const world = createWorld()
    const stoppedAt = world.clock.now() - 10 * MINUTE
    world.stopped.set('shop/web-green', [
      { ...death, stoppedAt, stopCode: 'TaskFailedToStart', reason: 'no image' },
      { ...death, stoppedAt },
      { ...death, stoppedAt },
    ])
    expect(await look(world, { type: 'ecs', maxStoppedTasks: 2 })).toMatchObject({
      kind: 'fail',
      reason: '3 tasks of shop/web-green died: EssentialContainerExited (exit 1)',
      numbers: { ...steady, stopped: 3, startFailures: 1, crashes: 2, allowed: 2 },
    })
    expect(await look(world, { type: 'ecs', maxStoppedTasks: 3 })).toMatchObject({
      kind: 'pass',
      reason: 'shop/web-green runs 2 of 2 tasks, 3 died',
    })
    expect(
      await look(world, { type: 'ecs', maxStoppedTasks: 3, maxStartFailures: 0 }),
    ).toMatchObject({
      kind: 'fail',
      reason: '1 task of shop/web-green died: TaskFailedToStart (no image)',
    })
    expect((await look(world, { type: 'ecs', maxStoppedTasks: 3, maxStartFailures: 1 })).kind).toBe(
      'pass',
    )
  })

  it('says nothing of a death’s reason that ECS does not tell', async () => {
    const world = createWorld()
    const stoppedAt = world.clock.now()
    world.stopped.set('shop/web-green', [{ ...death, reason: undefined, stoppedAt }])
    expect((await look(world, { type: 'ecs' })).reason).toBe(
      '1 task of shop/web-green died: EssentialContainerExited',
    )
  })

  it('says what ECS gave up, and what is gone', async () => {
    const world = createWorld()
    const { primary } = service('web-green', 'web:2')
    const given = { primary: { ...primary, rolloutState: 'FAILED' as const, failedTasks: 4 } }
    world.services.set('shop/web-green', service('web-green', 'web:2', given))
    expect((await look(world, { type: 'ecs' })).reason).toBe(
      "ECS gave up on shop/web-green's deployment after 4 failed tasks",
    )
    world.services.set('shop/web-green', service('web-green', 'web:9'))
    expect((await look(world, { type: 'ecs' })).kind).toBe('fail')
    world.services.delete('shop/web-green')
    expect((await look(world, { type: 'ecs' })).reason).toBe(
      'ECS has no service shop/web-green any more',
    )
  })
})

describe('the evidence of alarms', () => {
  type Given = readonly [string, AlarmView['state'], number?]

  async function asked(given: readonly Given[], names: string[], changes = {}) {
    const world = createWorld()
    for (const [name, state, minutesAgo] of given) {
      const since = minutesAgo === undefined ? undefined : world.clock.now() - minutesAgo * MINUTE
      world.alarms.set(name, { name, state, reason: `${name} is ${state}`, since })
    }
    return look(world, { type: 'alarms', alarms: names, ...changes })
  }

  it.each<[string, Given[], Record<string, unknown>, string, string]>([
    [
      'all OK',
      [
        ['a', 'OK'],
        ['b', 'OK'],
      ],
      {},
      'pass',
      'a, b: OK',
    ],
    [
      'two that fire',
      [
        ['a', 'ALARM'],
        ['b', 'ALARM'],
      ],
      {},
      'fail',
      'alarm a is in ALARM: a is ALARM; alarm b is in ALARM: b is ALARM',
    ],
    ['two that are gone', [], {}, 'error', 'CloudWatch has no alarm a, b any more'],
    ['one that is gone', [['b', 'OK']], {}, 'error', 'CloudWatch has no alarm a any more'],
    [
      'two without data',
      [
        ['a', 'INSUFFICIENT_DATA'],
        ['b', 'INSUFFICIENT_DATA'],
      ],
      {},
      'inconclusive',
      'alarm a, b has insufficient data',
    ],
    [
      'one that fires since before the rollout, to be ignored',
      [
        ['a', 'ALARM', 11],
        ['b', 'OK'],
      ],
      { alreadyFiring: 'ignore' },
      'pass',
      'b: OK; a fires since before the rollout and is ignored',
    ],
    [
      'both of them so',
      [
        ['a', 'ALARM', 11],
        ['b', 'ALARM', 12],
      ],
      { alreadyFiring: 'ignore' },
      'inconclusive',
      'alarms: no alarm is left to ask; a, b fire since before the rollout and are ignored',
    ],
    [
      'one that fires since before the rollout, not to be ignored',
      [
        ['a', 'ALARM', 11],
        ['b', 'OK'],
      ],
      {},
      'fail',
      'alarm a is in ALARM: a is ALARM',
    ],
    [
      'one that fires since the rollout began',
      [
        ['a', 'ALARM', 10],
        ['b', 'OK'],
      ],
      { alreadyFiring: 'ignore' },
      'fail',
      'alarm a is in ALARM: a is ALARM',
    ],
    [
      'one that fires since nobody knows when',
      [
        ['a', 'ALARM'],
        ['b', 'OK'],
      ],
      { alreadyFiring: 'ignore' },
      'fail',
      'alarm a is in ALARM: a is ALARM',
    ],
    [
      'one that was OK long before the rollout is asked like any other',
      [
        ['a', 'OK', 11],
        ['b', 'OK', 1],
      ],
      { alreadyFiring: 'ignore' },
      'pass',
      'a, b: OK',
    ],
  ])('%s', async (_name, given, changes, kind, reason) => {
    const verdict = await asked(given, ['a', 'b'], changes)
    expect(verdict).toMatchObject({ kind, reason, source: 'cloudwatch alarms a, b' })
  })

  it('counts what it saw', async () => {
    const ignore = { alreadyFiring: 'ignore' }
    const given: Given[] = [
      ['a', 'ALARM', 11],
      ['b', 'ALARM', 1],
      ['c', 'INSUFFICIENT_DATA'],
    ]
    expect((await asked(given, ['a', 'b', 'c', 'd'], ignore)).numbers).toEqual({
      alarms: 4,
      firing: 1,
      silent: 1,
      ignored: 1,
    })
    expect((await asked([['a', 'OK']], ['a'], ignore)).numbers).toEqual({
      alarms: 1,
      firing: 0,
      silent: 0,
    })
  })
})

describe('the evidence of a metric', () => {
  const source = { namespace: 'Shop', metric: 'errors' }
  const plain = { type: 'metric', name: 'queue', source, above: 10, window: '3m' }

  const points = (world: World, ...values: number[]): MetricPoint[] =>
    values.map((value, index) => ({
      at: world.clock.now() - (values.length - index) * MINUTE,
      value,
    }))

  it('tells value, window and sample, and the side of the threshold that it is on', async () => {
    const world = createWorld()
    world.series.errors = points(world, 4, 3, 5)
    expect(await look(world, plain)).toEqual({
      check: 'queue',
      kind: 'fail',
      reason: 'queue is 12 over 180 s (sample 12): above 10',
      numbers: { value: 12, sample: 12, points: 3 },
      source: 'Shop errors Sum',
      window: { from: world.clock.now() - 3 * MINUTE, to: world.clock.now() },
      at: world.clock.now(),
    })
    expect((await look(world, { ...plain, above: 12, below: 12 })).reason).toBe(
      'queue is 12 over 180 s (sample 12)',
    )
    expect((await look(world, { ...plain, above: undefined, below: 13 })).reason).toBe(
      'queue is 12 over 180 s (sample 12): below 13',
    )
    expect((await look(world, { ...plain, above: 100, below: 12 })).kind).toBe('pass')
  })

  it('tells a rate’s two metrics, and takes its sample from the whole', async () => {
    const world = createWorld()
    world.series.errors = points(world, 1)
    world.series.requests = points(world, 100, 100)
    const rate = { ...plain, per: { ...source, metric: 'requests' }, above: 0.01 }
    expect(await look(world, rate)).toMatchObject({
      kind: 'pass',
      reason: 'queue is 0.005 over 180 s (sample 200)',
      source: 'Shop errors Sum / requests Sum',
      numbers: { value: 0.005, sample: 200, points: 1 },
    })
    world.series.requests = []
    expect(await look(world, rate)).toMatchObject({
      kind: 'inconclusive',
      reason: 'queue: no data in 180 s',
      numbers: { sample: 0, points: 1 },
    })
    world.series.errors = []
    world.series.requests = points(world, 0)
    expect((await look(world, rate)).reason).toBe('queue: no data in 180 s')
  })

  it('forgives too little traffic only where there was some', async () => {
    const world = createWorld()
    const sampled = { ...plain, minimumSample: 12 }
    world.series.errors = points(world, 4, 3, 4)
    expect(await look(world, sampled)).toMatchObject({
      kind: 'inconclusive',
      tooLittle: true,
      reason: 'queue is 11 over 180 s (sample 11): too little traffic, 12 needed',
    })
    world.series.errors = points(world, 4, 3, 5)
    expect((await look(world, sampled)).kind).toBe('fail')
    world.series.errors = []
    const missing = await look(world, sampled)
    expect(missing).toMatchObject({ kind: 'inconclusive', reason: 'queue: no data in 180 s' })
    expect(missing).not.toHaveProperty('tooLittle')
    expect(missing.numbers).toEqual({ sample: 0, points: 0 })
  })

  it('has none before the first whole period of the step', async () => {
    const world = createWorld()
    world.series.errors = points(world, 4, 3, 5)
    const { window, ...verdict } = await look(world, { ...plain, delay: '5m' })
    expect(verdict).toEqual({
      check: 'queue',
      kind: 'inconclusive',
      reason: 'queue: no whole period of 60 s since the step began',
      numbers: {},
      source: 'Shop errors Sum',
      at: world.clock.now(),
    })
    expect(window.to).toBe(world.clock.now() - 5 * MINUTE)
    expect((await look(world, { ...plain, delay: '4m' })).reason).toBe('queue: no data in 60 s')
  })

  it.each([
    ['average', 20],
    ['maximum', 50],
    ['minimum', 0],
    ['sum', 60],
    ['last', 10],
  ])('of metric math combines its points by %s: %d', async (combine, value) => {
    const world = createWorld()
    const asked: unknown[] = []
    const { read } = world.reach.metrics
    world.reach.metrics.read = (queries, window) => {
      asked.push(...queries)
      return read(queries, window)
    }
    world.series['errors / 2'] = points(world, 0, 50, 10)
    world.series.errors = points(world, 7)
    const math = { expression: 'errors / 2', metrics: { errors: source }, sample: 'errors' }
    const { type, name, window } = plain
    const given = { type, name, window, math, combine, above: value, minimumSample: 7 }
    expect(await look(world, given)).toMatchObject({
      kind: 'pass',
      numbers: { value, sample: 7, points: 3 },
      source: 'metric math errors / 2',
    })
    expect(asked).toEqual([
      { id: 'errors', ...source, statistic: 'Sum', period: 60, dimensions: {} },
      { id: 'sluice_value', expression: 'errors / 2', period: 60 },
    ])
    world.series.errors = []
    expect((await look(world, given)).numbers).toMatchObject({ sample: 0 })
    const unsampled = { ...given, math: { ...math, sample: undefined }, minimumSample: 0 }
    expect((await look(world, unsampled)).numbers).toMatchObject({ value, sample: 0 })
    world.series['errors / 2'] = []
    expect(await look(world, unsampled)).toMatchObject({ kind: 'inconclusive' })
  })
})

describe('the evidence of a probe', () => {
  const probe = { type: 'http', url: 'http://green/', samples: 3 }
  const answered = (
    changes: Partial<Extract<HttpAnswer, { kind: 'answered' }>> = {},
  ): HttpAnswer => ({
    kind: 'answered',
    status: 200,
    body: 'ok',
    milliseconds: 12,
    ...changes,
  })

  it('is of this very moment, and names the slowest answer', async () => {
    const world = createWorld()
    world.http.push(answered(), answered({ milliseconds: 300.4 }), answered({ milliseconds: 5 }))
    const { numbers, window } = await look(world, probe)
    expect(numbers).toEqual({ samples: 3, failed: 0, allowed: 0, slowestMs: 300 })
    expect(window).toEqual({ from: world.clock.now(), to: world.clock.now() })
    expect(world.requests[0]).not.toHaveProperty('body')
  })

  it('has no slowest answer where there is none, and tells why', async () => {
    const world = createWorld()
    const silence: HttpAnswer = {
      kind: 'silent',
      reason: 'no answer within 2 s',
      milliseconds: 2_000,
    }
    world.http.push(silence, silence, silence)
    expect(await look(world, probe)).toMatchObject({
      kind: 'error',
      reason: 'http: 3 of 3 requests to http://green/ failed: no answer within 2 s',
    })
    world.http.push(silence, silence, silence)
    expect((await look(world, probe)).numbers).toEqual({ samples: 3, failed: 3, allowed: 0 })
  })

  it('takes the ends of a range and the very latency for good', async () => {
    const expected = { status: ['200-204'], latency: '300ms' }
    const world = createWorld()
    world.http.push(answered({ status: 204 }), answered({ milliseconds: 300 }), answered())
    expect((await look(world, { ...probe, expect: expected })).kind).toBe('pass')
    world.http.push(answered({ status: 205 }), answered(), answered())
    expect((await look(world, { ...probe, expect: expected })).kind).toBe('fail')
    world.http.push(answered({ milliseconds: 301 }), answered(), answered())
    expect((await look(world, { ...probe, expect: expected })).reason).toContain(
      '301 ms, longer than 300 ms',
    )
    world.http.push(answered({ milliseconds: 60_000 }), answered(), answered())
    expect((await look(world, probe)).kind).toBe('pass')
  })
})

describe('the evidence of a function', () => {
  it('covers its run from the first invocation on, whatever another check remembers', async () => {
    const world = createWorld()
    const name = 'arn:aws:lambda:us-east-1:123456789012:function:opinion'
    const check = { type: 'custom', name: 'opinion', function: name }
    world.lambdas.set(name, [
      { kind: 'answered', payload: { status: 'in-progress', retryAfter: 10 } },
    ])
    const memory = { opinion: { kind: 'answered' as const } }
    const first = await lookAt(world, [check], { before: { evidence: [], memory } })
    const began = world.clock.now()
    expect(first.memory.opinion).toMatchObject({ kind: 'run', since: began })
    world.clock.advance(20)
    const before = { evidence: first.verdicts, memory: first.memory }
    const second = await lookAt(world, [check], { before })
    expect(second.verdicts[0]?.window).toEqual({ from: began, to: world.clock.now() })
    expect(second.memory).toStrictEqual({})
  })
})

describe('the evidence of a provider that cannot answer', () => {
  it('says which check and why, keeps what the check remembers, and lets the others answer', async () => {
    const world = createWorld()
    world.faults.set('health', [new TransientError('throttled'), new Error('odd')])
    const checks = [{ type: 'targets' }, { type: 'ecs' }]
    const memory = { targets: { kind: 'answered' as const }, other: { kind: 'answered' as const } }
    const first = await lookAt(world, checks, { before: { evidence: [], memory } })
    expect(first.verdicts[0]).toMatchObject({
      kind: 'error',
      reason: expect.stringMatching(/^targets could not be answered \(\S+\): throttled$/),
      source: 'targets',
      numbers: {},
    })
    expect(first.verdicts[1]?.kind).toBe('pass')
    expect(first.memory).toEqual({ targets: { kind: 'answered' } })
    const second = await lookAt(world, checks)
    expect(second.verdicts[0]?.reason).toBe('targets could not be answered (provider): odd')
    expect(second.memory).toStrictEqual({})
    // A check that answers and remembers nothing leaves nothing.
    expect(
      (await lookAt(world, checks, { before: { evidence: [], memory } })).memory,
    ).toStrictEqual({})
  })

  it('stands beside verdicts that are not due, each under its own name', async () => {
    const world = createWorld()
    const checks = [
      { type: 'targets', interval: '60s' },
      { type: 'ecs', interval: '60s' },
    ]
    const first = await lookAt(world, checks)
    world.clock.advance(10)
    const before = { evidence: first.verdicts, memory: first.memory }
    const second = await lookAt(world, checks, { before })
    expect(second).toEqual(first)
    expect(second.memory).toStrictEqual({})
  })
})
