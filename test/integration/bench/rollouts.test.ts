import { expect, inject, it } from 'vitest'
import { missedIn } from '../../../bench/line.ts'
import { measureRollouts } from '../../../bench/rollouts.ts'

it('a rollout costs what it may by its steps, and no more than in proportion', async () => {
  const measurements = await measureRollouts(inject('template'), [1, 3])
  expect(missedIn(measurements)).toEqual([])
  const [rollout, growth] = measurements
  const of = (what: string) => rollout?.lines.find((line) => line.what === what)
  expect(of('1 steps: state transitions')).toMatchObject({ measured: 12, atMost: 17 })
  expect(of('3 steps: state transitions')).toMatchObject({ measured: 22, atMost: 27 })
  expect(growth?.lines.map(({ what }) => what)).toContain('AWS calls with 3 × the steps')
})
