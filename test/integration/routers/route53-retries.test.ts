import { GetChangeCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53'
import { expect, it, onTestFinished } from 'vitest'
import { route53Retries, type Urgency } from '../../../adapters/route53-retries.ts'
import { createRoute53 } from '../../../local/services/route53/index.ts'
import { installFakeTime } from '../../fixtures/in-process/fake-time.ts'
import { createLocalNetwork } from '../../fixtures/local-network.ts'

/** A client over a network that refuses what it is told to. */
function createClient(urgency: Urgency) {
  const time = installFakeTime(() => false)
  onTestFinished(() => time.uninstall())
  const { config, refuse } = createLocalNetwork([createRoute53()])
  const client = new Route53Client({ ...config, retryStrategy: route53Retries(urgency, 3) })
  const list = () => client.send(new ListHostedZonesCommand({}))
  return {
    time,
    list,
    pair: async () => {
      await list()
      return client.send(new GetChangeCommand({ Id: 'C1' })).catch(({ name }) => name)
    },
    refuse(operation: string, times: number, code: string, status?: number) {
      for (let time = 0; time < times; time++) refuse(operation, code, status)
    },
    async seconds(what: string, work: Promise<unknown>): Promise<number> {
      const began = time.now()
      await time.during(what, work)
      return (time.now() - began) / 1_000
    },
  }
}

it('who shifts up asks twice more after seconds, and leaves the rest to the workflow', async () => {
  const { list, refuse, seconds, time } = createClient('yields')
  refuse('ListHostedZones', 2, 'Throttling')
  expect(await seconds('it is answered', list())).toBeGreaterThanOrEqual(4)
  refuse('ListHostedZones', 3, 'Throttling')
  await time.pass(1)
  await expect(time.during('it is given up', list())).rejects.toThrow('as the test says')
})

it('who shifts up asks soon again for the second request of a pair, which would cost the first one', async () => {
  const { pair, refuse, seconds } = createClient('yields')
  refuse('GetChange', 20, 'Throttling')
  const answer = pair()
  expect(await seconds('it is answered', answer)).toBeLessThan(20 * 0.45)
  expect(await answer).toBe('NoSuchChange')
})

it('who fails back asks soon again, for whatever request', async () => {
  const { pair, refuse, seconds } = createClient('insists')
  refuse('ListHostedZones', 20, 'Throttling')
  refuse('GetChange', 20, 'Throttling')
  const answer = pair()
  expect(await seconds('it is answered', answer)).toBeLessThan(40 * 0.15)
  expect(await answer).toBe('NoSuchChange')
})

it.each<Urgency>(['insists', 'yields'])(
  'who %s treats what is no throttle as everywhere',
  async (urgency) => {
    const { list, refuse, time } = createClient(urgency)
    refuse('ListHostedZones', 2, 'InternalFailure', 500)
    await time.during('it is answered', list())
    await time.pass(1)
    refuse('ListHostedZones', 3, 'InternalFailure', 500)
    await expect(time.during('it is given up', list())).rejects.toThrow('as the test says')
  },
)
