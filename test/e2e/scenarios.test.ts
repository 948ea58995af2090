import { beforeAll, describe, expect, test } from 'vitest'
import { freshTemplate } from '../../local/demonstration/fresh-template.ts'
import type { RolloutResult } from '../../local/demonstration/rollout/result.ts'
import { demonstrate, limited, reportIn } from './demonstration.ts'

const PLAN = [10, 50, 100]
const inTurn = limited(3)

// Synthesized here, once: the runs find it.
beforeAll(async () => {
  await freshTemplate()
})

describe.concurrent.each(['alb', 'route53'] as const)('on %s', (router) => {
  /** @param plan the weights of the scenario's definition. */
  const rolloutsOf = async (scenario: string, plan = PLAN) => {
    const args = ['--json', '--scenario', scenario, '--router', router]
    const { ok, rollouts } = reportIn(await inTurn(() => demonstrate(...args)))
    expect(ok).toBe(true)
    for (const rollout of rollouts) checkAlways(rollout, plan)
    return rollouts
  }

  function checkAlways(rollout: RolloutResult, plan: readonly number[]) {
    const { weights, baseline, final, failBackMs, outcome, triggerMs } = rollout
    expect(rollout.router).toBe(router)
    // No step was left out, none came twice.
    expect(weights).toEqual(plan.slice(0, weights.length))
    expect(triggerMs).toBeGreaterThanOrEqual(0)
    if (outcome === 'promoted') {
      expect(weights).toEqual(plan)
      expect(failBackMs).toBeNull()
    } else {
      expect(final).toEqual(baseline)
      expect(failBackMs).toBeGreaterThanOrEqual(0)
    }
    if (weights.length > 0) expect(rollout.firstShiftMs).toBeGreaterThan(0)
  }

  const bothServed = ({ requests }: RolloutResult) => {
    expect(requests.blue).toBeGreaterThan(0)
    expect(requests.green).toBeGreaterThan(0)
  }

  test('a healthy version is promoted, and no request fails on the way', async () => {
    const [rollout, ...others] = await rolloutsOf('healthy')
    expect(others).toEqual([])
    expect(rollout).toMatchObject({
      rollout: `shop-${router}-1`,
      outcome: 'promoted',
      held: false,
      baseline: { blue: 100, green: 0 },
      final: { blue: 0 },
      requests: { failed: 0 },
    })
    if (rollout) bothServed(rollout)
  })

  test('a version with errors fails back by comparison with the live one', async () => {
    const [rollout] = await rolloutsOf('errors')
    expect(rollout?.outcome).toBe('failed-back')
    expect(rollout?.reason).toMatch(/^green answered \d+ of [\d,]+ requests .*blue 0 of [\d,]+/)
    expect(rollout?.requests.failed).toBeGreaterThan(0)
  })

  test('a version whose errors rise from 0.1% to 0.5% fails back', async () => {
    const [rollout] = await rolloutsOf('small-regression', [50, 100])
    expect(rollout).toMatchObject({ outcome: 'failed-back', weights: [50] })
    expect(rollout?.reason).toMatch(/^green answered \d+ of [\d,]+ requests .*blue \d+ of [\d,]+/)
  })

  test('a version that is slow for a fifth of its requests fails back by comparison with the live one', async () => {
    const [rollout] = await rolloutsOf('slow')
    expect(rollout?.outcome).toBe('failed-back')
    expect(rollout?.reason).toMatch(/^green answered \d+ of [\d,]+ requests slower than 500 ms/)
  })

  test('an incident of both slots is not held against the candidate', async () => {
    const [rollout] = await rolloutsOf('shared-incident')
    expect(rollout?.outcome).toBe('promoted')
    expect(rollout?.requests.failed).toBeGreaterThan(10)
  })

  test('without any traffic a rollout holds, and is never promoted', async () => {
    const [rollout] = await rolloutsOf('no-traffic')
    expect(rollout).toMatchObject({
      outcome: 'failed-back',
      held: true,
      weights: [10],
      requests: { blue: 0, green: 0 },
    })
    expect(rollout?.reason).toMatch(/nobody answered/)
  })

  test('with little traffic each step lasts until there is enough of it', async () => {
    const [rollout] = await rolloutsOf('low-traffic', [25, 50, 100])
    expect(rollout).toMatchObject({ outcome: 'promoted', held: false })
    // Its bake is 2 s; twenty requests of the candidate take longer.
    expect(rollout?.bakesMs[0]).toBeGreaterThan(4_000)
    expect(rollout?.requests.green).toBeGreaterThanOrEqual(60)
  })

  test('a version whose tasks die at 50% fails back by their death', async () => {
    const [rollout] = await rolloutsOf('crash')
    expect(rollout).toMatchObject({ outcome: 'failed-back', weights: [10, 50] })
    expect(rollout?.reason).toMatch(/died|stopped|EssentialContainerExited/)
  })

  test('a version that is never ready gets no traffic', async () => {
    const [rollout] = await rolloutsOf('never-ready')
    expect(rollout).toMatchObject({
      outcome: 'failed-back',
      weights: [],
      firstShiftMs: null,
      requests: { green: 0, failed: 0 },
    })
    expect(rollout?.reason).toMatch(/not ready/)
  })

  test('an execution that is stopped from outside leaves its traffic to the guard', async () => {
    const [rollout] = await rolloutsOf('stopped')
    expect(rollout).toMatchObject({ outcome: 'failed-back', weights: [10] })
    expect(rollout?.reason).toMatch(/stopped from outside/)
  })

  test('Triggered reset in the table rolls the same version out again', async () => {
    const [first, second] = await rolloutsOf('retrigger')
    expect(first).toMatchObject({ outcome: 'failed-back', rollout: `shop-${router}-1` })
    expect(second).toMatchObject({ outcome: 'promoted', rollout: `shop-${router}-2` })
  })

  test('a missing permission is told by name, and no traffic is moved', async () => {
    const [rollout] = await rolloutsOf('denied')
    expect(rollout).toMatchObject({
      outcome: 'failed-back',
      weights: [],
      requests: { green: 0, failed: 0 },
    })
    const read = {
      alb: 'elasticloadbalancing:DescribeRules',
      route53: 'route53:ListResourceRecordSets',
    }[router]
    expect(rollout?.reason).toMatch(/AccessDenied/)
    expect(rollout?.reason).toContain(read)
  })
})

test('what is denied stands in the output, where it happened', async () => {
  const { code, stdout } = await inTurn(() => demonstrate('--scenario', 'denied'))
  expect(code).toBe(0)
  expect(stdout).toMatch(/somebody takes elasticloadbalancing:DescribeRules/)
  expect(stdout).toMatch(
    /failing back: AccessDenied.*:assumed-role\/\S+\/shop-alb is not authorized to perform: elasticloadbalancing:DescribeRules/,
  )
  expect(stdout).toMatch(/the routing is blue 100 : green 0 again/)
})
