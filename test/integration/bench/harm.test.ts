import { expect, inject, it } from 'vitest'
import { measureSimulatedFailBack, type Runs } from '../../../bench/fail-back/measure-simulated.ts'
import { missedIn } from '../../../bench/line.ts'

const measure = (runs: Runs, seed: number) =>
  measureSimulatedFailBack(inject('template'), runs, seed)

it('every cause of harm ends at the verified baseline within its bound, by both routers', async () => {
  const measurement = await measure({ alb: 1, route53: 1 }, 1)
  expect(missedIn([measurement])).toEqual([])
  const bounded = measurement.lines.filter(({ atMost }) => atMost !== undefined)
  const causes = [
    'a task stops',
    'an alarm fires',
    'abort',
    'probes fail',
    'a metric crosses its threshold',
    'worse than the live slot',
  ]
  expect(bounded.map(({ what }) => what)).toEqual(
    ['alb', 'route53'].flatMap((router) => causes.map((cause) => `${router}: ${cause}: p99`)),
  )
  for (const { measured } of bounded) expect(measured).toBeGreaterThan(0)
})

it('the seed decides the moments', async () => {
  const times = async (seed: number) =>
    (await measure({ alb: 1 }, seed)).lines.map(({ measured }) => measured)
  const [once, again, other] = [await times(2), await times(2), await times(3)]
  expect(again).toEqual(once)
  expect(other).not.toEqual(once)
})
