import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53'
import { expect, it, onTestFinished } from 'vitest'
import { route53Retries, type Urgency } from '../../../adapters/route53-retries.ts'
import { seededRandom } from '../../../local/seeded-random.ts'
import { createRoute53 } from '../../../local/services/route53/index.ts'
import { installFakeTime } from '../../fixtures/in-process/fake-time.ts'
import { createLocalNetwork } from '../../fixtures/local-network.ts'

/** Read and write, then ask how far it is and read back: two functions, of two requests each. */
const FUNCTIONS_OF_A_CHANGE = 2
const REQUESTS_OF_A_FUNCTION = 2

/** As the workflow's Retry of Transient: 1 s, twice as long each time up to 30 s, and any time up to that. */
function pause(retry: number, random: () => number): Promise<void> {
  const most = Math.min(30, 2 ** retry)
  return new Promise((resolve) => setTimeout(resolve, random() * most * 1_000))
}

function createAccount() {
  let busy = 0
  const time = installFakeTime(() => busy > 0)
  onTestFinished(() => time.uninstall())
  const { config } = createLocalNetwork([createRoute53({ requestsPerSecond: 10 })])
  const random = seededRandom(1)
  const inner = config.requestHandler
  const requestHandler: typeof inner = {
    ...inner,
    async handle(request) {
      busy++
      try {
        return await inner.handle(request)
      } finally {
        busy--
      }
    },
  }
  return {
    time,
    /** Functions that the workflow calls until each has all its answers. @returns the seconds that they took. */
    async change(urgency: Urgency): Promise<number> {
      const began = time.now()
      for (let done = 0; done < FUNCTIONS_OF_A_CHANGE; done++) {
        const client = new Route53Client({
          ...config,
          requestHandler,
          retryStrategy: route53Retries(urgency, 3),
        })
        const call = async () => {
          for (let answers = 0; answers < REQUESTS_OF_A_FUNCTION; answers++) {
            await client.send(new ListHostedZonesCommand({}))
          }
        }
        for (let retries = 0; !(await answered(call)); retries++) await pause(retries, random)
      }
      return (time.now() - began) / 1_000
    },
  }
}

async function answered(call: () => Promise<void>): Promise<boolean> {
  try {
    await call()
    return true
  } catch {
    return false
  }
}

it('under Route 53’s quota a fail back goes before a hundred shifts up, and none of those is lost', async () => {
  const { time, change } = createAccount()
  const shifts = Promise.all(Array.from({ length: 100 }, () => change('yields')))
  await time.pass(2)
  const failBacks = Promise.all(Array.from({ length: 5 }, () => change('insists')))
  const back = await time.during('five fail back', failBacks)
  const up = await time.during('a hundred shift up', shifts)
  expect(Math.max(...back)).toBeLessThan(10)
  // 420 requests at 10 a second, less the burst of 50, take 37 s if none is wasted.
  expect(Math.max(...up)).toBeGreaterThan(37)
  expect(Math.max(...up)).toBeLessThan(150)
})

it('as shifts up, the same five would wait for the others', async () => {
  const { time, change } = createAccount()
  const shifts = Promise.all(Array.from({ length: 100 }, () => change('yields')))
  await time.pass(2)
  const others = await time.during(
    'five more',
    Promise.all(Array.from({ length: 5 }, () => change('yields'))),
  )
  await time.during('a hundred shift up', shifts)
  expect(Math.max(...others)).toBeGreaterThan(10)
})
