import { expect, inject, it } from 'vitest'
import { measureHistory } from '../../../bench/history.ts'
import { missedIn } from '../../../bench/line.ts'
import { measureManyCanaries } from '../../../bench/many-canaries.ts'
import { measureSimulation } from '../../../bench/simulation/speed.ts'
import { measureTriggerPath } from '../../../bench/trigger-path.ts'

it('rollouts that a canary has had cost later ones nothing', async () => {
  const measurement = await measureHistory(inject('template'), 9)
  expect(missedIn([measurement])).toEqual([])
  for (const { measured } of measurement.lines) expect(measured).toBeGreaterThan(0)
})

/** Times depend on what else the machine does; what is counted does not. */
it('the way of an event is counted up to the execution that it starts', async () => {
  const { lines } = await measureTriggerPath({ idle: 5, real: 6, warmUp: 1 })
  const calls = lines.filter(({ unit }) => unit === 'calls')
  expect(missedIn([{ name: 'calls', lines: calls }])).toEqual([])
  expect(Object.fromEntries(calls.map(({ what, measured }) => [what, measured]))).toEqual({
    'irrelevant: calls': 1,
    'duplicate: calls': 1,
    'real, until the execution is started: calls': 4,
    'real, until the trigger has answered: calls': 5,
    'real, first of its canary in an hour, until the execution is started: calls': 5,
  })
  expect(lines.filter(({ unit }) => unit === 'ms')).toHaveLength(4)
})

it('an event among more canaries is compared with one among a single canary', async () => {
  const { lines } = await measureManyCanaries(5)
  expect(lines).toEqual([expect.objectContaining({ unit: '×', measured: expect.any(Number) })])
})

it('the speed of the simulation is told with whether its promises held', async () => {
  const { lines } = await measureSimulation(inject('template'), 2)
  const [speed, broken, memory] = lines
  expect(speed).toMatchObject({ unit: '/s', atLeast: 5 })
  expect(speed?.measured).toBeGreaterThan(0)
  expect(broken).toMatchObject({ measured: 0, atMost: 0 })
  expect(memory?.measured).toBeGreaterThan(50)
})
