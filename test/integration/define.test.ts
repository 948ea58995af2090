import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'

/** A stack's definition over its life: the template's own `define`, with permissions enforced. */
let canary: LocalCanary
beforeEach(async () => {
  canary = await createLocalCanary({ tasks: 1 })
})
afterEach(() => canary.close())

/** What CDK's provider framework hands to `define`, and what it answers. */
async function request(
  RequestType: 'Create' | 'Update' | 'Delete',
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const define = canary.deployed.functions.find(({ name }) => name.endsWith('-define'))
  const event = {
    RequestType,
    StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1',
    LogicalResourceId: 'Web',
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'web' }),
    ResourceProperties: { Definition: JSON.stringify(definitionWith(changes)) },
  }
  let payload: string | undefined
  const invoked = canary.aws.lambda.invoke(define?.arn ?? '', event, 'request')
  void invoked.then((answer) => {
    payload = String(answer.payload)
  })
  await canary.time.until('define has answered', () => payload !== undefined, 120)
  return JSON.parse(payload ?? '')
}

/** With the role as the construct makes it for these checks; another role or router is only named. */
function definitionWith(changes: Readonly<Record<string, unknown>>) {
  return { ...canary.definition(changes), ...changes }
}

const created = async () => {
  const answer = await request('Create')
  await canary.time.until(
    'the canary is looked up by its candidate',
    async () => (await canary.state())?.CandidateService !== undefined,
  )
  return answer
}
const achieved = (weight: number) =>
  canary.time.until(
    `green has ${weight} %`,
    async () => (await canary.rollout(1))?.Achieved === weight,
  )

describe('a definition of a stack', () => {
  it('is written in one invocation, and a rollout runs by it', async () => {
    expect(await created()).toEqual({ PhysicalResourceId: 'web', Data: { Canary: 'web' } })
    expect(canary.invocations.filter(({ fn }) => fn === 'define')).toHaveLength(1)
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
  })

  it('that is updated keeps Triggered, Live and history', async () => {
    await created()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    await canary.time.pass(10)
    const before = await canary.state()
    expect(before).toMatchObject({ Triggered: true, Live: 'green', Attempt: 1 })
    await request('Update', { interval: '15s' })
    await canary.time.pass(10)
    expect(await canary.state()).toEqual(before)
    expect(await canary.item('definition')).toMatchObject({ Version: 2 })
    expect(await canary.rollout(1)).toMatchObject({ Outcome: 'promoted' })
    expect(canary.executions()).toHaveLength(1)
  })

  it('is neither removed nor moved during a rollout, and says which one', async () => {
    await created()
    await canary.surroundings.deploy('green', revision(2))
    await achieved(10)
    const item = await canary.item('definition')
    for (const refused of [
      await request('Delete'),
      await request('Update', { role: 'arn:aws:iam::123456789012:role/other' }),
    ]) {
      expect(refused).toMatchObject({
        errorType: 'RolloutActive',
        errorMessage: expect.stringMatching(/rollout web-1 of canary "web" is active; wait for/),
      })
    }
    expect(await request('Update', { interval: '15s' })).toMatchObject({
      PhysicalResourceId: 'web',
    })
    expect(await canary.item('definition')).toMatchObject({ Owner: item?.Owner, Version: 2 })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
  })

  it('that is removed takes the canary out of the index; defined again, it is as it was', async () => {
    await created()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    await canary.time.pass(10)
    const before = await canary.state()
    expect(await request('Delete')).toMatchObject({ PhysicalResourceId: 'web' })
    await canary.time.pass(10)
    expect(await canary.item('definition')).toBeUndefined()
    const { CandidateService: _, ...rest } = before ?? {}
    expect(await canary.state()).toEqual(rest)

    canary.network.asked.length = 0
    await canary.surroundings.deploy('blue', revision(3))
    await canary.time.pass(60)
    expect(new Set(canary.network.asked)).toEqual(new Set(['Query']))
    expect(canary.executions()).toHaveLength(1)

    await created()
    expect(await canary.state()).toEqual(before)
  })

  it('that points at nothing is refused in the words of a rollout, and leaves no trace', async () => {
    const checks = [{ type: 'alarms', alarms: ['none'] }]
    expect(await request('Create', { checks })).toMatchObject({
      errorType: 'DefinitionInvalid',
      errorMessage:
        'checks.0.alarms ("none"): CloudWatch has no such alarm; create it or correct the name',
    })
    expect(await canary.item('definition')).toBeUndefined()
    expect(await canary.state()).toBeUndefined()
  })

  it('whose role is not known everywhere yet is waited for', async () => {
    const answer = request('Create')
    const role = canary.aws.iam.state.findRole('canary-web')
    if (!role) throw new Error('the definition was given no role')
    const { trust } = role
    role.trust = []
    setTimeout(() => {
      role.trust = trust
    }, 14_000)
    expect(await answer).toMatchObject({ PhysicalResourceId: 'web' })
    expect(canary.network.asked.filter((name) => name === 'AssumeRole').length).toBeGreaterThan(3)
  })
})
