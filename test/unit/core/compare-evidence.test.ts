import { describe, expect, it } from 'vitest'
import { lookAt } from '../../fixtures/look.ts'
import { createWorld, type World } from '../../fixtures/world.ts'

const MINUTE = 60_000
const PLACE = {
  green: 'targetgroup/green/1234567890abcdef',
  blue: 'targetgroup/blue/1234567890abcdef',
}

/** A value for each of so many minutes, the last of them over so many minutes ago. */
function fill(
  world: World,
  metric: string,
  slot: 'blue' | 'green',
  value: number,
  { minutes = 5, ago = 0 } = {},
) {
  world.series[`${metric} ${PLACE[slot]}`] = Array.from({ length: minutes }, (_, index) => ({
    at: world.clock.now() - (minutes - index + ago) * MINUTE,
    value,
  }))
}

async function look(world: World, changes: object = {}, given: Parameters<typeof lookAt>[2] = {}) {
  const judged = await lookAt(world, [{ type: 'compare', delay: '0s', ...changes }], given)
  return { ...judged, verdict: judged.verdicts[0] ?? expect.fail('no verdict') }
}

const gauge = {
  namespace: 'AWS/ApplicationELB',
  metric: 'TargetResponseTime',
  statistic: 'p99',
  dimensions: { TargetGroup: '$' + '{targetGroup}' },
}

describe('a comparison’s data', () => {
  it('are not read before a period of the step is over', async () => {
    const world = createWorld()
    const context = { stepStartedAt: world.clock.now() }
    const { verdict } = await look(world, {}, { context })
    expect(world.calls).toEqual([])
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(/^no data of green in this step; /),
    })
  })

  it.each([
    ['green', 'liveTotal'],
    ['blue', 'candidateTotal'],
  ] as const)('are awaited while %s has none, though it has traffic', async (slot, other) => {
    const world = createWorld()
    fill(world, 'RequestCount', slot === 'green' ? 'blue' : 'green', 1_000)
    // Of five periods, those that ended two or more ago have been waited for.
    expect((await look(world)).verdict.numbers[other]).toBe(3_000)
  })

  it('of the candidate alone are enough at 100 %, and held against the threshold in percent', async () => {
    const world = createWorld()
    fill(world, 'RequestCount', 'green', 1_000)
    fill(world, 'HTTPCode_Target_5XX_Count', 'green', 15)
    const context = { weight: 100 }
    expect((await look(world, { threshold: 2 }, { context })).verdict).toMatchObject({
      kind: 'pass',
      numbers: { candidateTotal: 5_000 },
      reason: expect.stringContaining('against 2 % allowed'),
    })
    expect((await look(world, { threshold: 0.5 }, { context })).verdict.kind).toBe('fail')
    expect((await look(world, {}, { context })).verdict.reason).toContain('set "threshold"')
  })

  it('are missing when they stop for more than five periods', async () => {
    const world = createWorld()
    const context = { stepStartedAt: world.clock.now() - 20 * MINUTE }
    const stopped = async (ago: number) => {
      fill(world, 'RequestCount', 'green', 1_000, { ago })
      fill(world, 'RequestCount', 'blue', 1_000, { ago })
      return (await look(world, {}, { context })).verdict
    }
    expect((await stopped(5)).kind).toBe('pass')
    expect((await stopped(6)).reason).toMatch(/^no data of green for 360 s; /)
  })

  it('of slow requests lack a period whose share is not there yet', async () => {
    const world = createWorld()
    for (const slot of ['green', 'blue'] as const) {
      fill(world, 'TargetResponseTime', slot, 90)
    }
    const { read } = world.reach.metrics
    const without = world.clock.now() - 3 * MINUTE
    world.reach.metrics.read = async (queries, window) => {
      const all = await read(queries, window)
      const fast = (all.candidate_fast ?? []).filter(({ at }) => at !== without)
      return { ...all, candidate_fast: fast }
    }
    const { verdict } = await look(world, { slowerThan: '300ms' })
    // Ninety requests a period, ninety percent of them fast; the period is waited for, and the next ones with it.
    expect(verdict.numbers).toMatchObject({ candidateTotal: 360, candidateBad: 36 })
    expect(verdict.reason).toContain('requests slower than 300 ms')
  })
})

describe('a comparison’s words', () => {
  it('name the metric that counts as bad', async () => {
    const world = createWorld()
    fill(world, 'Refused', 'green', 1)
    fill(world, 'Refused', 'blue', 1)
    fill(world, 'RequestCount', 'green', 100)
    fill(world, 'RequestCount', 'blue', 100)
    const bad = { ...gauge, metric: 'Refused', statistic: 'Sum' }
    const total = { ...bad, metric: 'RequestCount' }
    expect((await look(world, { bad, total })).verdict.reason).toContain(
      'green answered 5 of 500 requests with Refused, blue 5 of 500',
    )
  })
})

describe('a comparison that may be sure early', () => {
  it.each([
    [400, true],
    [1, false],
  ])('with %d bad requests a minute in either slot: %s', async (bad, expected) => {
    const world = createWorld()
    for (const slot of ['green', 'blue'] as const) {
      fill(world, 'RequestCount', slot, 10_000)
      fill(world, 'HTTPCode_Target_5XX_Count', slot, bad)
    }
    const context = { promoteEarlyBound: 1.5 }
    expect((await look(world, {}, { context })).verdict.underBound).toBe(expected)
    expect((await look(world)).verdict).not.toHaveProperty('underBound')
  })
})

describe('a comparison of a gauge', () => {
  it('goes on from what it remembers, and from nothing that another kind remembers', async () => {
    const world = createWorld()
    fill(world, 'TargetResponseTime', 'green', 0.2)
    fill(world, 'TargetResponseTime', 'blue', 0.2)
    const first = await look(world, { gauge })
    expect(first.verdict.numbers).toMatchObject({ windows: 5, worse: 0 })
    const before = { evidence: first.verdicts, memory: first.memory }
    const context = { stepStartedAt: world.clock.now() - 5 * MINUTE }
    world.clock.advance(60)
    fill(world, 'TargetResponseTime', 'green', 0.3, { minutes: 6 })
    fill(world, 'TargetResponseTime', 'blue', 0.2, { minutes: 6 })
    const second = await look(world, { gauge }, { before, context })
    expect(second.verdict.numbers).toMatchObject({ windows: 6, worse: 1 })
    const counted = await look(world, {}, { before, context })
    expect(counted.memory.compare).toMatchObject({ kind: 'counts' })
    const crossed = { evidence: [], memory: counted.memory }
    const anew = await look(world, { gauge }, { before: crossed, context })
    expect(anew.verdict.numbers).toMatchObject({ windows: 6, worse: 6 })
    const probed = { evidence: [], memory: { compare: { kind: 'answered' as const } } }
    const fresh = await look(world, { gauge }, { before: probed, context })
    expect(fresh.verdict.numbers).toMatchObject({ windows: 6 })
  })

  it('needs as many periods as told', async () => {
    const world = createWorld()
    fill(world, 'TargetResponseTime', 'green', 0.2)
    fill(world, 'TargetResponseTime', 'blue', 0.2)
    expect((await look(world, { gauge, minimumSample: 7 })).verdict.reason).toMatch(
      /^too little to judge: 5 windows in this step, 7 needed; /,
    )
    expect((await look(world, { gauge, minimumSample: 5 })).verdict.kind).toBe('pass')
  })

  it('waits for a slot that has no value yet', async () => {
    const world = createWorld()
    fill(world, 'TargetResponseTime', 'blue', 0.2)
    expect((await look(world, { gauge })).verdict).toMatchObject({
      kind: 'inconclusive',
      numbers: { windows: 0 },
    })
  })
})
