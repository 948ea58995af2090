import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../../fixtures/in-process/environment.ts'
import { functionNamed } from '../../fixtures/in-process/functions.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../../fixtures/in-process/local-canary.ts'

/** Interruptions at bad moments, each of which once left a rollout stuck or an operator unheard. */
let canary: LocalCanary
afterEach(() => canary.close())
async function defined(options: LocalCanaryOptions = {}) {
  canary = await createLocalCanary(options)
  await canary.define()
  await canary.time.pass(10)
}
const achieved = (weight: number) =>
  canary.time.until(`${weight} %`, async () => (await canary.rollout(1))?.Achieved === weight)
const invoke = async (name: string, payload: unknown) => {
  const fn = canary.deployed.functions.find((one) => functionNamed(one.name) === name)
  return JSON.parse(
    (await canary.aws.lambda.invoke(fn?.arn ?? '', payload, `r${Date.now()}`)).payload,
  )
}
const abort = { canary: 'web', kind: 'abort', who: 'ann', why: 'bad', id: 'a1' }

describe('a rollout that is interrupted', () => {
  it('an abort outlives a lost answer of Assess', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    const by = async () => {
      canary.network.interrupt('UpdateItem', { kind: 'answer-lost' })
      canary.network.interrupt('UpdateItem', { kind: 'unreachable' }, 2)
    }
    canary.network.interrupt('UpdateItem', { kind: 'preceded', by })
    await invoke('signal', abort)
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
  })

  it('a recovery that ends before it took the hold is recovered', async () => {
    await defined()
    const baseline = await canary.weights()
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    const by = async () => {
      canary.network.asked.length = 0
      canary.network.interrupt('GetItem', { kind: 'unreachable' }, 3)
    }
    canary.network.interrupt('StartExecution', { kind: 'preceded', by })
    await canary.stop('web-1')
    const failed = () => canary.network.asked.filter((one) => one === 'GetItem').length >= 3
    await canary.time.until('fail-back failed once', failed)
    await canary.time.settle()
    await canary.stop('web-1-guard-1')
    await canary.time.pass(9 * 3600)
    expect(await canary.weights()).toEqual(baseline)
  })

  it('a claim without execution is started by a newer revision at the latest', async () => {
    await defined({ tasks: 1 })
    canary.network.interrupt('StartExecution', { kind: 'unreachable' }, 18)
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.pass(3600)
    await canary.surroundings.deploy('green', revision(3))
    await canary.time.pass(3600)
    expect(canary.executions()).not.toEqual([])
  })

  it('a canary whose state was made anew still rolls out', async () => {
    await defined({ tasks: 1 })
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    const Key = marshall({ Canary: 'web', Record: 'state' })
    const TableName = canary.deployed.tables[0]?.name
    await new DynamoDBClient(canary.person).send(new DeleteItemCommand({ TableName, Key }))
    await canary.define({ live: 'green' })
    await canary.surroundings.deploy('blue', revision(3))
    await canary.time.pass(3600)
    expect(await canary.state()).not.toHaveProperty('ActiveRollout')
  })

  it('an abort counts however many tasks died', async () => {
    const plan = [{ weight: 100, bake: '2h' }]
    await defined({ definition: { checks: [{ type: 'targets' }], plan, interval: '5m' } })
    await canary.surroundings.deploy('green', revision(2))
    await achieved(100)
    const running = canary.events.find(({ detail }) => {
      const { lastStatus, group } = detail as Record<string, unknown>
      return lastStatus === 'RUNNING' && group === 'service:green'
    })
    for (let n = 0; n < 200; n++) {
      const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/shop/${n}`
      const stopped = { lastStatus: 'STOPPED', taskArn, stopCode: 'EssentialContainerExited' }
      await invoke('signal', { ...running, detail: { ...(running?.detail as object), ...stopped } })
    }
    expect(await invoke('signal', abort)).toMatchObject({ kind: 'recorded' })
  })

  it('a shift that was never verified is on the timeline', async () => {
    await defined({ router: 'route53' })
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('traffic', async () => (await canary.weights()).green > 0)
    await canary.stop('web-1')
    const { Timeline } = await canary.outcome(1)
    expect(Timeline).toContainEqual(expect.objectContaining({ weight: 10, who: 'web-1' }))
  })

  it('an abort while a shift is verified is seen at once', async () => {
    await defined({ router: 'route53' })
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('traffic', async () => (await canary.weights()).green > 0)
    const asked = Date.now()
    await invoke('signal', abort)
    await canary.time.until('none', async () => (await canary.weights()).green === 0)
    expect(Date.now() - asked).toBeLessThan(20_000)
  })

  it('a definition under a key that is no name claims nothing', async () => {
    canary = await createLocalCanary({ tasks: 1 })
    const slot = (service: string) => ({ cluster: 'shop', service })
    const Definition = { slots: { blue: slot('blue'), green: slot('green') } }
    const Item = marshall({ Canary: 'my shop!', Record: 'definition', Definition })
    const TableName = canary.deployed.tables[0]?.name
    await new DynamoDBClient(canary.person).send(new PutItemCommand({ TableName, Item }))
    await canary.time.pass(10)
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.pass(600)
    expect(canary.network.asked).not.toContain('StartExecution')
  })
})
