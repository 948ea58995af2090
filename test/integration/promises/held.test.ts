import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../../fixtures/in-process/environment.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

let canary: LocalCanary

afterEach(() => canary.close())

/** A rollout whose only check never gets data, held for a person. */
async function held(): Promise<void> {
  const source = { namespace: 'Shop', metric: 'Errors' }
  const checks = [{ type: 'metric', name: 'errors', source, above: 5 }]
  const definition = { checks, onInconclusive: 'hold', holdTimeout: '1h' }
  canary = await createLocalCanary({ definition })
  await canary.define()
  await canary.surroundings.deploy('green', revision(2))
  await canary.time.until('a person is waited for', () => entered('Await Approval') === 1)
  await canary.time.settle()
}

const entered = (state: string): number =>
  canary
    .executions()
    .flatMap(({ history }) => [...history.events()])
    .filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state).length

const ask = async (kind: string): Promise<unknown> => {
  const asked = kind === 'approve' ? 'approve' : 'signal'
  const fn = canary.deployed.functions.find(({ name }) => functionNamed(name) === asked)
  const wish = { canary: 'web', kind, who: 'ada', why: 'the metric is late', id: kind }
  return JSON.parse((await canary.aws.lambda.invoke(fn?.arn ?? '', wish, 'by hand')).payload)
}

describe('a held rollout', () => {
  it('keeps its weight while it waits, and fails back when nobody answers', async () => {
    await held()
    expect(await canary.rollout(1)).toMatchObject({ Status: 'holding', Achieved: 10 })
    const ended = await canary.outcome(1)
    expect(ended).toMatchObject({ Outcome: 'failed-back', Achieved: 0 })
    expect(ended.Reason).toMatch(/^nobody answered within 3600 s: errors: no data/)
  })

  it('bakes on at once when a person approves, and is still not passed on missing data', async () => {
    await held()
    const bakes = entered('Bake')
    const asked = Date.now()
    expect(await ask('approve')).toMatchObject({ kind: 'recorded' })
    await canary.time.until('it bakes again', () => entered('Bake') > bakes)
    expect(Date.now() - asked).toBeLessThan(1_000)
    await canary.time.until('a person is waited for again', () => entered('Await Approval') > 1)
    expect(await canary.rollout(1)).toMatchObject({ Step: 1, Progress: { passed: 0 } })
  })

  it('goes on when the data comes', async () => {
    await held()
    const keepsComing = setInterval(
      () => canary.aws.cloudwatch.record('Shop', 'Errors', {}, 0),
      10_000,
    )
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    clearInterval(keepsComing)
  })

  it('fails back at once when a person aborts', async () => {
    await held()
    const asked = Date.now()
    await ask('abort')
    const ended = await canary.outcome(1)
    expect(ended).toMatchObject({
      Outcome: 'failed-back',
      Reason: 'aborted by ada (not verified): the metric is late',
    })
    expect(Date.now() - asked).toBeLessThan(5_000)
  })
})
