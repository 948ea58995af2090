import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revision } from '../../fixtures/in-process/environment.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'

const plan = [
  { weight: 10, bake: '1m', approval: true },
  { weight: 100, bake: '1m' },
]

let canary: LocalCanary

beforeAll(async () => {
  canary = await createLocalCanary({ tasks: 1, definition: { plan, testWindow: '5m' } })
  await canary.define()
})

afterAll(() => canary.close())

let requests = 0

async function ask(kind: string): Promise<{ kind: string; reason: string }> {
  const asked = kind === 'approve' || kind === 'reject' ? 'approve' : 'signal'
  const fn = canary.deployed.functions.find(({ name }) => functionNamed(name) === asked)
  const wish = { canary: 'web', kind, who: 'ada', why: 'as planned', id: `${kind}-${requests++}` }
  const invocation = canary.aws.lambda.invoke(fn?.arn ?? '', wish, 'by hand')
  const { payload } = await canary.time.during(`${kind} is answered`, invocation)
  return JSON.parse(payload)
}

/** A person writes the line's record in the console. */
async function line(Stopped: unknown): Promise<void> {
  const TableName = canary.deployed.tables[0]?.name ?? ''
  const Item = marshall({ Canary: '*', Record: 'stop-the-line', Stopped, Who: 'maria' })
  await new DynamoDBClient(canary.person).send(new PutItemCommand({ TableName, Item }))
}

const gated = (attempt: number, kind: string): Promise<void> =>
  canary.time.until(`rollout ${attempt} is held by ${kind}`, async () => {
    const { Gate } = (await canary.rollout(attempt)) ?? {}
    return (Gate as { kind?: string } | undefined)?.kind === kind
  })

const statesOf = (name: string): string[] => {
  const execution = canary.executions().find((one) => one.name === name)
  const events = [...(execution?.history.events() ?? [])]
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [])
}

describe('on the real workflow', () => {
  it('a window, an approval, the stopped line and a pause hold a rollout, each until it is over', async () => {
    await canary.surroundings.deploy('green', revision(2))
    await gated(1, 'window')
    expect(await ask('approve')).toMatchObject({ kind: 'refused' })

    await gated(1, 'approval')
    expect(await canary.rollout(1)).toMatchObject({ Status: 'holding', Step: 0 })
    expect((await canary.weights()).green).toBe(0)
    await line('until Monday')
    expect(await ask('approve')).toMatchObject({ kind: 'recorded' })
    await gated(1, 'line')
    await canary.time.pass(600)
    expect((await canary.weights()).green).toBe(0)

    await line(false)
    await canary.time.until('traffic moved', async () => (await canary.weights()).green > 0)
    expect(await ask('pause')).toMatchObject({ kind: 'recorded' })
    await canary.time.pass(1_800)
    expect(await canary.rollout(1)).toMatchObject({ Status: 'baking', Step: 1, Achieved: 10 })
    expect(await ask('resume')).toMatchObject({ kind: 'recorded' })

    const { Outcome, Timeline } = await canary.outcome(1)
    expect(Outcome).toBe('promoted')
    const held = (Timeline as { what: string; why: string }[]).filter(({ what }) => what === 'held')
    expect(held.map(({ why }) => why.split(/[;:]/)[0])).toEqual([
      'green may be tried without traffic for 5m',
      'waiting for approval of step 1 (10 %)',
      'the line is stopped by maria',
      'paused by ada (not verified)',
    ])
    const states = statesOf('web-1')
    expect(states).toContain('Await Approval')
    // Ready is looked at right before the first shift, and not only long before.
    const first = states.indexOf('Shift Traffic')
    expect(states.slice(first - 2, first)).toEqual(['Wait Until Ready', 'Decide'])
    const news = canary.events.filter(({ source }) => source === 'sluice')
    const notices = news.map(({ detail }) => (detail as { state: string }).state)
    expect(notices.filter((state) => state === 'held')).toHaveLength(4)
  })

  it('a fail is never held: with the line stopped, and paused, it goes back at once', async () => {
    await canary.define({ plan: plan.slice(1), live: 'green' })
    await canary.surroundings.deploy('blue', revision(3))
    await canary.time.until('traffic moved', async () => (await canary.weights()).blue > 0)
    await line(true)
    await ask('pause')
    await canary.time.pass(120)
    canary.healthOf('blue', 'unhealthy')
    const failed = canary.time.now()
    const { Outcome } = await canary.outcome(2)
    expect(Outcome).toBe('failed-back')
    expect(canary.time.now() - failed).toBeLessThan(60_000)
    expect((await canary.weights()).blue).toBe(0)
  })
})
