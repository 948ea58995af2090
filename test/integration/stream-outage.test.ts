import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'
import { outage } from '../fixtures/in-process/outage.ts'

const HOUR = 3_600
const OUTAGE = 5 * HOUR

let canary: LocalCanary
afterEach(() => canary.close())

describe('what the table says during an outage of hours is followed after it', () => {
  it('a new definition gets its state', async () => {
    canary = await createLocalCanary()
    const begin = canary.time.now()
    outage(canary, 'UpdateItem', 1.5 * HOUR)
    // Waits until the canary has its state, which it does for two hours.
    await canary.define()
    expect(canary.time.now()).toBeGreaterThanOrEqual(begin + 1.5 * HOUR * 1000)
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
  })

  it('a reset of Triggered starts another attempt', async () => {
    canary = await createLocalCanary()
    await canary.define()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    outage(canary, 'StartExecution', OUTAGE)
    await canary.edit('Triggered', false)
    expect(await canary.outcome(2, OUTAGE + HOUR)).toMatchObject({ Attempt: 2 })
    expect(letters()).toEqual([])
  })
})

/** What stands in the queue of changes that were not followed. */
function letters(): unknown[] {
  const queue = canary.deployed.queues.find(({ logicalId }) => logicalId.includes('Unfollowed'))
  return canary.aws.sqs.queues.get(queue?.arn).messages
}
