import { afterEach, expect, it } from 'vitest'
import { revision } from '../fixtures/in-process/environment.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'

const MINUTE = 60

let canary: LocalCanary
afterEach(() => canary.close())

it('single errors of a provider, spread over a long wait, do not end it', async () => {
  canary = await createLocalCanary({ tasks: 1, definition: { ready: { timeout: '6h' } } })
  await canary.define()
  canary.healthOf('green', 'initial')
  await canary.surroundings.deploy('green', revision(2))
  await canary.time.pass(MINUTE)
  for (let error = 0; error < 12; error++) {
    // All three tries of one call of the SDK.
    canary.network.interrupt('DescribeTargetHealth', { kind: 'unreachable' }, 3)
    await canary.time.pass(15 * MINUTE)
  }
  canary.healthOf('green', 'healthy')
  expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
})
