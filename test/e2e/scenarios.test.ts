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
  const rolloutsOf = async (scenario: string) => {
    const args = ['--json', '--scenario', scenario, '--router', router]
    const { ok, rollouts } = reportIn(await inTurn(() => demonstrate(...args)))
    expect(ok).toBe(true)
    for (const rollout of rollouts) checkAlways(rollout)
    return rollouts
  }

  function checkAlways(rollout: RolloutResult) {
    const { weights, baseline, final, failBackMs, outcome, triggerMs, requests } = rollout
    expect(rollout.router).toBe(router)
    // No step was left out, none came twice.
    expect(weights).toEqual(PLAN.slice(0, weights.length))
    expect(triggerMs).toBeGreaterThanOrEqual(0)
    if (outcome === 'promoted') {
      expect(weights).toEqual(PLAN)
      expect(failBackMs).toBeNull()
    } else {
      expect(final).toEqual(baseline)
      expect(failBackMs).toBeGreaterThanOrEqual(0)
    }
    if (weights.length > 0) {
      expect(requests.blue).toBeGreaterThan(0)
      expect(requests.green).toBeGreaterThan(0)
      expect(rollout.firstShiftMs).toBeGreaterThan(0)
    }
  }

  test('a healthy version is promoted, and no request fails on the way', async () => {
    const [rollout, ...others] = await rolloutsOf('healthy')
    expect(others).toEqual([])
    expect(rollout).toMatchObject({
      rollout: `shop-${router}-1`,
      outcome: 'promoted',
      baseline: { blue: 100, green: 0 },
      final: { blue: 0 },
      requests: { failed: 0 },
    })
  })

  test('a version with errors fails back by its error rate', async () => {
    const [rollout] = await rolloutsOf('errors')
    expect(rollout?.outcome).toBe('failed-back')
    expect(rollout?.reason).toMatch(/^error-rate is 0\.\d+ .*above 0\.02/)
    expect(rollout?.requests.failed).toBeGreaterThan(0)
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
})
