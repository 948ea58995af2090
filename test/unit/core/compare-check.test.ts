import { describe, expect, it } from 'vitest'
import type { Before } from '../../../core/analysis/judge.ts'
import type { MathQuery, MetricQuery } from '../../../core/ports.ts'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, targetGroup, type World } from '../../fixtures/world.ts'

const MINUTE = 60_000
const PLACE = {
  green: 'targetgroup/green/1234567890abcdef',
  blue: 'targetgroup/blue/1234567890abcdef',
}

/** Fills in so many minutes of a metric of a slot, the last of them just over. */
function fill(world: World, metric: string, slot: 'blue' | 'green', values: readonly number[]) {
  world.series[`${metric} ${PLACE[slot]}`] = values.map((value, index) => ({
    at: world.clock.now() - (values.length - index) * MINUTE,
    value,
  }))
}

const many = (value: number, count = 5) => Array.from({ length: count }, () => value)

async function look(world: World, changes: object = {}, given: Parameters<typeof lookAt>[2] = {}) {
  const judged = await lookAt(world, [{ type: 'compare', delay: '0s', ...changes }], given)
  return { ...judged, verdict: judged.verdicts[0] ?? expect.fail('no verdict') }
}

describe('a comparison', () => {
  it('of nothing but its name reads 5xx and requests of both target groups, in one call', async () => {
    const world = createWorld()
    const asked: (MetricQuery | MathQuery)[] = []
    const { read } = world.reach.metrics
    world.reach.metrics.read = (queries, window) => {
      asked.push(...queries)
      expect(window).toEqual({ from: world.clock.now() - 5 * MINUTE, to: world.clock.now() })
      return read(queries, window)
    }
    await look(world)
    expect(world.calls).toEqual(['metrics'])
    const LoadBalancer = 'app/web/1'
    expect(asked).toEqual(
      (['green', 'blue'] as const).flatMap((slot, index) =>
        ['HTTPCode_Target_5XX_Count', 'RequestCount'].map((metric, part) => ({
          id: `${['candidate', 'live'][index]}_${['bad', 'total'][part]}`,
          namespace: 'AWS/ApplicationELB',
          metric,
          statistic: 'Sum',
          period: 60,
          dimensions: { LoadBalancer, TargetGroup: PLACE[slot] },
        })),
      ),
    )
    expect(targetGroup('green')).toContain(PLACE.green)
  })

  it('fails a candidate that is worse, with the numbers in its reason', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'green', many(160))
    fill(world, 'RequestCount', 'blue', many(3_000))
    fill(world, 'HTTPCode_Target_5XX_Count', 'green', many(8))
    fill(world, 'HTTPCode_Target_5XX_Count', 'blue', [2, 3, 2])
    const { verdict } = await look(world)
    expect(verdict).toMatchObject({
      kind: 'fail',
      numbers: { candidateBad: 40, candidateTotal: 800, liveBad: 7, liveTotal: 15_000 },
    })
    expect(verdict.reason).toMatch(
      /^green answered 40 of 800 requests with 5xx, blue 7 of 15,000; evidence .+:1 against equal \(limit 100:1\)$/,
    )
    expect(verdict.source).toBe(
      'AWS/ApplicationELB HTTPCode_Target_5XX_Count Sum, AWS/ApplicationELB RequestCount Sum',
    )
  })

  it('passes both slots through an incident that hits both', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'green', many(1_000))
    fill(world, 'RequestCount', 'blue', many(1_000))
    fill(world, 'HTTPCode_Target_5XX_Count', 'green', many(30))
    fill(world, 'HTTPCode_Target_5XX_Count', 'blue', many(31))
    expect((await look(world)).verdict.kind).toBe('pass')
  })

  it('goes on from what it remembers and counts no period twice', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'green', many(100, 3))
    fill(world, 'RequestCount', 'blue', many(100, 3))
    const first = await look(world)
    expect(first.verdict.numbers).toMatchObject({ candidateTotal: 300 })
    world.clock.advance(60)
    fill(world, 'RequestCount', 'green', many(100, 4))
    fill(world, 'RequestCount', 'blue', many(100, 4))
    const before: Before = { evidence: first.verdicts, memory: first.memory }
    const context = { stepStartedAt: world.clock.now() - 6 * MINUTE }
    const second = await look(world, {}, { before, context })
    expect(second.verdict.numbers).toMatchObject({ candidateTotal: 400, liveTotal: 400 })
  })

  it('without traffic decides nothing, and says that there were no data', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'blue', many(1_000))
    const { verdict } = await look(
      world,
      {},
      { context: { stepStartedAt: world.clock.now() - 30 * MINUTE } },
    )
    expect(verdict).toMatchObject({ kind: 'inconclusive' })
    expect(verdict.tooLittle).toBeUndefined()
    const few = createWorld()
    fill(few, 'RequestCount', 'green', [2, 3])
    fill(few, 'RequestCount', 'blue', [1_000, 1_000])
    const { verdict: little } = await look(few)
    expect(little.kind).toBe('inconclusive')
    expect(little.reason).toMatch(
      /^too little traffic: 5 requests of green in this step, 20 needed/,
    )
    expect(little.tooLittle).toBe(true)
  })

  it('counts slow requests by their percentile rank', async () => {
    const world = createWorld()
    const statistics: Record<string, string> = {}
    world.reach.metrics.read = async (queries, window) => {
      const at = [window.from, window.from + MINUTE]
      return Object.fromEntries(
        queries.map((query) => {
          if ('statistic' in query) statistics[query.id] = query.statistic
          const fast = query.id.startsWith('candidate') ? 80 : 99
          const value = query.id.endsWith('fast') ? fast : 500
          return [query.id, at.map((one) => ({ at: one, value }))]
        }),
      )
    }
    const { verdict } = await look(world, { slowerThan: '300ms' })
    expect(statistics).toMatchObject({ candidate_count: 'SampleCount', live_fast: 'PR(:0.3)' })
    expect(verdict).toMatchObject({
      kind: 'fail',
      numbers: { candidateBad: 200, candidateTotal: 1_000, liveBad: 10, liveTotal: 1_000 },
    })
    expect(verdict.reason).toContain('green answered 200 of 1,000 requests slower than 300 ms')
    const latency = { namespace: 'Shop', metric: 'time', dimensions: { Slot: '$' + '{slot}' } }
    await look(world, { slowerThan: '300ms', latency, unit: 'milliseconds' })
    expect(statistics.candidate_fast).toBe('PR(:300)')
  })

  it('of a gauge compares period by period', async () => {
    const world = createWorld()
    const gauge = {
      namespace: 'AWS/ECS',
      metric: 'CPUUtilization',
      statistic: 'Average',
      dimensions: { ServiceName: '$' + '{service}' },
    }
    const of = (service: string, values: readonly number[]) => {
      world.series[`CPUUtilization ${service}`] = values.map((value, index) => ({
        at: world.clock.now() - (values.length - index) * MINUTE,
        value,
      }))
    }
    of('web-green', many(80, 20))
    of('web-blue', many(40, 20))
    const context = { stepStartedAt: world.clock.now() - 20 * MINUTE }
    const { verdict, memory } = await look(world, { gauge }, { context })
    expect(verdict.kind).toBe('fail')
    expect(verdict.reason).toContain("green's CPUUtilization Average was above blue's in 20 of 20")
    expect(memory.compare?.kind).toBe('pairs')
    // Twice as high is tolerated here.
    of('web-green', many(79, 20))
    expect((await look(world, { gauge, tolerance: 2 }, { context })).verdict.kind).toBe('pass')
  })

  it('shares one budget of errors with the others of its rollout', async () => {
    const world = createWorld()
    const checks = Array.from({ length: 10 }, (_, n) => ({ type: 'compare', name: `c${n}` }))
    const { verdicts } = await lookAt(world, checks)
    expect(verdicts[0]?.numbers.limit).toBeCloseTo(200)
  })

  it('keeps its memory when CloudWatch does not answer', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'green', many(100))
    fill(world, 'RequestCount', 'blue', many(100))
    const first = await look(world)
    world.clock.advance(60)
    world.faults.set('metrics', [new Error('throttled')])
    const before = { evidence: first.verdicts, memory: first.memory }
    const context = { stepStartedAt: world.clock.now() - 6 * MINUTE }
    const second = await look(world, {}, { before, context })
    expect(second.verdict.kind).toBe('error')
    expect(second.memory).toEqual(first.memory)
  })
})
