import { expect, it } from 'vitest'
import { definitionFor, dollarsOf, purchasesOf, workOf } from '../../../bench/cost/rollout-cost.ts'
import { DURATIONS } from '../../../infra/example/durations.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import { createLocalCanary } from '../../fixtures/in-process/local-canary.ts'

const { plan, interval } = DURATIONS.minutes
const settings = { plan, interval, checks: [{ type: 'ecs' }, { type: 'targets' }] }

/** Of the workflow: the rest serves events, the table's stream and whoever asks. */
const AROUND = ['trigger', 'retrigger', 'signal', 'guard', 'define']

it('the work that a cost is reckoned by is the work that a rollout does', async () => {
  const canary = await createLocalCanary({ definition: settings })
  try {
    await canary.define()
    const before = canary.invocations.length
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    const [execution] = canary.executions()
    const entered = (execution?.history.events() ?? []).flatMap(
      (event) => event.stateEnteredEventDetails?.name ?? [],
    )
    const work = workOf(definitionFor(settings))
    expect(entered.filter((name) => name === 'Assess')).toHaveLength(work.looks)
    expect(entered).toHaveLength(work.transitions)
    // Waiting until the candidate is ready takes some tries, and how many is the service's to say.
    const called = canary.invocations
      .slice(before)
      .filter(({ fn }) => !AROUND.includes(fn) && fn !== 'ready')
    expect(called).toHaveLength(work.invocations - 1)
  } finally {
    await canary.close()
  }
})

it('a rollout costs its parts', () => {
  const definition = definitionFor(settings)
  const none = { ...purchasesOf(definition) }
  for (const what of Object.keys(none)) Reflect.set(none, what, 0)
  expect(dollarsOf(none)).toBe(0)
  expect(dollarsOf({ ...none, transition: 1_000, writeUnit: 1_000_000 })).toBeCloseTo(0.65)
})

it('asking half as often costs about half', () => {
  const dear = workOf(definitionFor({ ...settings, interval: '30s' }))
  const cheap = workOf(definitionFor({ ...settings, interval: '60s' }))
  expect(cheap.looks).toBe(dear.looks / 2)
})

it('metrics are paid for by the look', () => {
  const compared = definitionFor({ ...settings, checks: [{ type: 'compare', name: 'errors' }] })
  expect(purchasesOf(compared).metricRead).toBe(4 * workOf(compared).looks)
})
