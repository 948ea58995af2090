import { afterEach, describe, expect, it } from 'vitest'
import type { Slot } from '../../core/model/slot.ts'
import { revision, scalableTarget } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'

/** What becomes of the old slot's tasks: the template's handlers and the workflow on local AWS. */
let canary: LocalCanary

afterEach(() => canary.close())

const wanted = (slot: Slot) => canary.aws.ecs.state.services.get(`shop/${slot}`)?.desiredCount
const minimum = (slot: Slot) => canary.aws.autoscaling.targets.get(scalableTarget(slot))?.minimum
const execution = (name: string) => canary.executions().find((one) => one.name === name)
const entered = (state: string) =>
  canary
    .executions()
    .flatMap(({ history }) => [...history.events()])
    .some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)
const timeline = async (attempt: number) =>
  ((await canary.rollout(attempt))?.Timeline ?? []) as { what: string; why: string }[]

/** Green was promoted a moment ago; blue has two tasks and is kept warm for an hour. */
async function promoted(definition: Readonly<Record<string, unknown>> = {}): Promise<void> {
  canary = await createLocalCanary({
    definition: { strategy: { type: 'blue-green', bake: '1m' }, ...definition },
  })
  await canary.surroundings.autoscale('blue', 2, 8)
  await canary.define()
  await canary.surroundings.deploy('green', revision(2))
  expect(await canary.outcome(1, 7_200)).toMatchObject({ Outcome: 'promoted' })
  await canary.time.until('the old slot is kept warm', () => entered('Keep Warm'))
}

describe('the old slot of a promoted rollout', () => {
  it('keeps its tasks while it is warm, and then has none', async () => {
    await promoted()
    await canary.time.pass(3_500)
    expect([wanted('blue'), minimum('blue')]).toEqual([2, 2])
    expect(execution('web-1')?.status).toBe('RUNNING')

    await canary.time.until('the execution ends', () => execution('web-1')?.status === 'SUCCEEDED')
    expect([wanted('blue'), minimum('blue')]).toEqual([0, 0])
    expect(wanted('green')).toBe(2)
    expect((await timeline(1)).at(-1)).toMatchObject({
      what: 'scaled down',
      why: 'shop/blue from 2 tasks to 0',
    })
    await canary.time.pass(60)
    expect(canary.executions()).toHaveLength(1)
  })

  it('keeps them for good where somebody stops the execution then, and nothing else happens', async () => {
    await promoted()
    const weights = await canary.weights()
    await canary.stop('web-1')
    await canary.time.pass(7_200)
    expect([wanted('blue'), minimum('blue')]).toEqual([2, 2])
    expect(await canary.weights()).toEqual(weights)
    expect(await canary.state()).toMatchObject({ Live: 'green', LastOutcome: 'promoted' })
    expect(canary.executions()).toHaveLength(1)
    expect(await canary.rollout(1)).toMatchObject({ Outcome: 'promoted', Status: 'promoted' })
  })

  it('keeps them where the next rollout has begun meanwhile', async () => {
    await promoted()
    await canary.time.pass(3_570)
    await canary.surroundings.deploy('blue', revision(3))
    await canary.time.until('the next one has begun', () => execution('web-2') !== undefined)
    await canary.time.until('the first one ends', () => execution('web-1')?.status === 'SUCCEEDED')
    expect(wanted('blue')).toBe(2)
    expect((await timeline(1)).at(-1)).toMatchObject({
      what: 'not scaled down',
      why: 'web-2 is active',
    })
    expect(await canary.outcome(2, 7_200)).toMatchObject({ Outcome: 'promoted' })
    expect(await canary.state()).toMatchObject({ Live: 'blue' })
    expect([wanted('blue'), minimum('blue')]).toEqual([2, 2])
  })

  it('has its minimum again when it is promoted next, and its autoscaling keeps to it', async () => {
    await promoted({ strategy: { type: 'blue-green', bake: '1m', keepWarm: '1m' } })
    await canary.time.until('it is scaled down', () => wanted('blue') === 0)
    await canary.surroundings.deploy('blue', revision(3))
    expect(await canary.outcome(2, 7_200)).toMatchObject({ Outcome: 'promoted' })
    canary.aws.autoscaling.alarm(scalableTarget('blue'), -1)
    expect([wanted('blue'), minimum('blue')]).toEqual([2, 2])
    await canary.time.until('green is scaled down', () => wanted('green') === 0)
    expect(await canary.state()).toMatchObject({ ScaledDown: { slot: 'green', desiredCount: 2 } })
  })
})
