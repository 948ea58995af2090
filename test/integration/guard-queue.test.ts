import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'
import { outage } from '../fixtures/in-process/outage.ts'

let canary: LocalCanary
afterEach(() => canary.close())

const MINUTE = 60
const HOUR = 60 * MINUTE

const isRecovery = ({ name }: { name: string }) => name === 'web-1-guard-1'

/** A canary with traffic on the candidate; gives what the weights were before. */
async function halfway() {
  canary = await createLocalCanary()
  await canary.define()
  const baseline = await canary.weights()
  await canary.surroundings.deploy('green', revision(2))
  await canary.time.until('10 %', async () => (await canary.rollout(1))?.Achieved === 10)
  expect(await canary.weights()).not.toEqual(baseline)
  return baseline
}

describe('an execution that is stopped during an outage', () => {
  it.each([
    ['Step Functions cannot be reached for 30 minutes', 'StartExecution', 30 * MINUTE],
    ['the table cannot be reached for 6 hours', 'GetItem', 6 * HOUR],
  ])('leaves the baseline although %s', async (_, operation, seconds) => {
    const baseline = await halfway()
    const stopped = canary.time.now()
    await canary.stop('web-1')
    outage(canary, operation, seconds)

    await canary.time.until(
      'the recovery has begun',
      () => canary.executions().some(isRecovery),
      8 * HOUR,
    )
    expect(canary.time.now() - stopped).toBeGreaterThanOrEqual(seconds * 1000)
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
    expect(await canary.weights()).toEqual(baseline)
    expect(canary.aws.lost).toEqual([])
    expect(letters()).toEqual([])
  })

  it('is told in the queue of unhandled events when 8 hours were not enough', async () => {
    await halfway()
    await canary.stop('web-1')
    outage(canary, 'StartExecution', 9 * HOUR)
    await canary.time.pass(7 * HOUR)
    expect(letters()).toEqual([])
    await canary.time.pass(2 * HOUR)
    // The event and the reminder: neither could start a recovery.
    expect(letters()).toHaveLength(2)
    expect(letters()).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          detail: expect.objectContaining({ name: 'web-1', status: 'ABORTED' }),
        }),
        expect.objectContaining({ 'detail-type': 'Rollout Reminder' }),
      ]),
    )
  })
})

/** What stands in the queue of unhandled events. */
function letters(): unknown[] {
  const queue = canary.deployed.queues.find(({ logicalId }) => logicalId.includes('Unhandled'))
  const { messages } = canary.aws.sqs.queues.get(queue?.arn)
  return messages.map(({ body }) => JSON.parse(body))
}
