import { afterEach, describe, expect, it } from 'vitest'
import { REMINDER_SECONDS } from '../../../core/model/reminder.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import { createFunctionProcesses } from '../../fixtures/in-process/function-processes.ts'
import { createLocalCanary, type LocalCanary } from '../../fixtures/in-process/local-canary.ts'
import { loseEndings } from '../../fixtures/in-process/lost-endings.ts'
import { outage } from '../../fixtures/in-process/outage.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

let canary: LocalCanary
afterEach(() => canary.close())

/** One step, looked at once an hour. */
const slowly = (bake: string) => ({ plan: [{ weight: 100, bake }], interval: '1h' })

/** A canary with traffic on the candidate, which bakes; gives what the weights were before. */
async function onItsWay(bake: string) {
  canary = await createLocalCanary({ definition: slowly(bake) })
  await canary.define()
  const baseline = await canary.weights()
  await canary.surroundings.deploy('green', revision(2))
  await canary.time.until('100 %', async () => (await canary.rollout(1))?.Achieved === 100)
  expect(await canary.weights()).not.toEqual(baseline)
  return baseline
}

const messagesOf = (name: string) => {
  const queue = canary.deployed.queues.find(({ logicalId }) => logicalId.includes(name))
  return canary.aws.sqs.queues.get(queue?.arn).messages
}
const reminders = () => messagesOf('Ended')
const letters = () => messagesOf('Unhandled').map(({ body }) => JSON.parse(body))
const looks = () => canary.invocations.filter(({ fn }) => fn === 'guard').length
const sent = () => canary.network.asked.filter((operation) => operation === 'SendMessage').length
const names = () => canary.executions().map(({ name }) => name)
const failures = () => canary.metrics.filter((line) => line.FunctionFailed !== undefined)

/** Two more looks are time enough for one that finds the rollout settled. */
async function expectNothingLeft() {
  await canary.time.pass(2 * REMINDER_SECONDS)
  expect(reminders()).toEqual([])
  expect(letters()).toEqual([])
  expect(canary.aws.lost).toEqual([])
}

describe('an execution that is stopped, and EventBridge tells nobody', () => {
  it('leaves the baseline within minutes, and no reminder', async () => {
    const baseline = await onItsWay('2h')
    await loseEndings(canary)
    await canary.time.pass(30 * MINUTE)
    const stopped = canary.time.now()
    await canary.stop('web-1')
    expect(await canary.outcome(1)).toMatchObject({
      Outcome: 'failed-back',
      Reason: 'execution web-1 was stopped from outside (by hand)',
    })
    expect(canary.time.now() - stopped).toBeLessThan((REMINDER_SECONDS + 60) * 1000)
    expect(await canary.weights()).toEqual(baseline)
    expect(names()).toEqual(['web-1', 'web-1-guard-1'])
    // What the alarm GuardUsed looks at.
    expect(canary.metrics.filter((line) => line.Recovering === 1)).not.toEqual([])
    await expectNothingLeft()
  })

  it('leaves it too where the recovery is stopped as well', async () => {
    const baseline = await onItsWay('2h')
    await loseEndings(canary)
    const stopListening = canary.aws.stepfunctions.onHistory((recovery, event) => {
      if (event.stateEnteredEventDetails?.name !== 'Fail Back') return
      stopListening()
      recovery.stop(undefined, 'by hand')
    })
    await canary.stop('web-1')
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual(baseline)
    expect(names()).toEqual(['web-1', 'web-1-guard-1', 'web-1-guard-2'])
    await expectNothingLeft()
  })

  it('is told in the queue of unhandled events where every recovery is stopped, and then nobody tries any more', async () => {
    await onItsWay('2h')
    await loseEndings(canary)
    const stopListening = canary.aws.stepfunctions.onHistory((recovery, event) => {
      if (event.stateEnteredEventDetails?.name === 'Fail Back') recovery.stop(undefined, 'by hand')
    })
    await canary.stop('web-1')
    await canary.time.until('the guard gives up', () => letters().length > 0, 12 * HOUR)
    stopListening()
    expect(letters()).toMatchObject([{ detail: { canary: 'web', rollout: 'web-1' } }])
    expect(names().filter((name) => name.includes('guard'))).toHaveLength(10)
    expect(reminders()).toEqual([])
    const before = looks()
    await canary.time.pass(4 * HOUR)
    expect(looks()).toBe(before)
  })

  it('is recovered once, however often the reminder comes', async () => {
    const baseline = await onItsWay('2h')
    await loseEndings(canary)
    const [reminder] = reminders()
    const queue = canary.deployed.queues.find(({ logicalId }) => logicalId.includes('Ended'))
    const copies = canary.aws.sqs.queues.get(queue?.arn).messages
    for (let copy = 0; copy < 5; copy++) {
      copies.push({ ...(reminder ?? expect.fail('no reminder')), id: `copy-${copy}` })
    }
    await canary.stop('web-1')
    await canary.outcome(1)
    expect(await canary.weights()).toEqual(baseline)
    expect(names()).toEqual(['web-1', 'web-1-guard-1'])
    await expectNothingLeft()
  })
})

describe('a claim', () => {
  it('that nobody can start for minutes is started in the end, and gets its reminder', async () => {
    const processes = createFunctionProcesses()
    canary = await createLocalCanary({ processes })
    await canary.define()
    processes.atCall(({ invocation, operation }) =>
      operation === 'StartExecution' && !invocation.fn.endsWith('guard') ? 'dies' : undefined,
    )
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('the guard starts it', () => names().length > 0, HOUR)
    const starters = processes.invocations.filter(({ calls }) => calls.includes('StartExecution'))
    expect(starters.at(-1)?.fn).toBe('sluice-guard')
    processes.atCall(undefined)
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    expect(names()).toEqual(['web-1'])
    await canary.time.pass(2 * REMINDER_SECONDS)
    expect(reminders()).toEqual([])
  })

  it('gets its reminder although the queue cannot be reached for an hour', async () => {
    const processes = createFunctionProcesses()
    canary = await createLocalCanary({
      processes,
      definition: slowly('2h'),
    })
    await canary.define()
    outage(canary, 'SendMessage', HOUR)
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.pass(1.2 * HOUR)
    expect(reminders()).toHaveLength(1)
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    await expectNothingLeft()
  })
})

describe('a healthy rollout', () => {
  it('of an hour is looked after twenty times by one message, which is gone at its end', async () => {
    await onItsWay('1h')
    canary.metrics.length = 0
    const begin = looks()
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    expect(names()).toEqual(['web-1'])
    expect(sent()).toBe(1)
    await expectNothingLeft()
    expect(looks() - begin).toBeGreaterThanOrEqual(HOUR / REMINDER_SECONDS - 1)
    expect(looks() - begin).toBeLessThanOrEqual(HOUR / REMINDER_SECONDS + 1)
    expect(failures()).toEqual([])
  })

  it('of a day is looked after to its end, by a message each four hours', async () => {
    const baseline = await onItsWay('24h')
    await loseEndings(canary)
    await canary.time.pass(23 * HOUR)
    expect(reminders()).toHaveLength(1)
    expect(letters()).toEqual([])
    expect(sent()).toBe(1 + 5)
    await canary.stop('web-1')
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual(baseline)
    await expectNothingLeft()
  })

  it('leaves nothing behind that would run between rollouts', async () => {
    await onItsWay('1h')
    await canary.outcome(1)
    await expectNothingLeft()
    canary.network.asked.length = 0
    const before = canary.invocations.length
    await canary.time.pass(24 * HOUR)
    expect(canary.network.asked).toEqual([])
    expect(canary.invocations).toHaveLength(before)
  })
})
