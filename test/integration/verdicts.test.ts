import { afterEach, describe, expect, it } from 'vitest'
import type { FunctionRequest } from '../../core/model/function-request.ts'
import { revision } from '../fixtures/in-process/environment.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../fixtures/in-process/local-canary.ts'
import { REQUESTS_BY_SLOT, simulateTraffic } from '../fixtures/in-process/traffic.ts'

let canary: LocalCanary
let endTraffic = () => {}

afterEach(async () => {
  endTraffic()
  endTraffic = () => {}
  await canary.close()
})

async function deploy(options: LocalCanaryOptions): Promise<void> {
  canary = await createLocalCanary(options)
  await canary.define()
  await canary.surroundings.deploy('green', revision(2))
}

const pace = { period: '10s', delay: '0s' }
/** What `{ type: 'compare' }` reads is there for a rule of one load balancer only. */
const COMPARE = {
  alb: { type: 'compare', ...pace },
  route53: { type: 'compare', ...REQUESTS_BY_SLOT, ...pace },
}

describe.each(['alb', 'route53'] as const)('a comparison, by %s', (router) => {
  const begin = async (more: object = {}) => {
    const checks = [{ type: 'ecs' }, COMPARE[router]]
    await deploy({ router, definition: { checks, ...more } })
  }

  it('fails a version that is worse than the live one', async () => {
    await begin()
    endTraffic = simulateTraffic(canary, 100, { blue: 0.1, green: 5 })
    const ended = await canary.outcome(1)
    expect(ended).toMatchObject({ Outcome: 'failed-back', Step: 1, Achieved: 0 })
    expect(ended.Reason).toMatch(
      /^green answered \d+ of [\d,]+ requests with .+, blue \d+ of [\d,]+; evidence .+:1 against equal \(limit 100:1\)$/,
    )
    // The whole series is on the record, and what the check remembers.
    const series = ended.Series as Record<string, string>
    expect(series.compare?.split('\n')[0]).toMatch(/^at,verdict,candidateBad,candidateTotal,/)
    expect(series.compare?.split('\n').at(-1)).toMatch(/^\d+,fail,/)
    expect(ended.Memory).toHaveProperty('compare.kind', 'counts')
  })

  it('promotes through an incident that hits both', async () => {
    await begin()
    const began = Date.now()
    endTraffic = simulateTraffic(canary, 100, (now) =>
      now < began + 90_000 ? { blue: 3, green: 3 } : { blue: 0.1, green: 0.1 },
    )
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted', Achieved: 100 })
  })

  it('without traffic asks a person, and never promotes', async () => {
    await begin({ onInconclusive: 'hold', holdTimeout: '1h' })
    const held = async () => (await canary.rollout(1))?.Status === 'holding'
    await canary.time.until('a person is waited for', held)
    expect(await canary.rollout(1)).toMatchObject({ Step: 1, Achieved: 10 })
    expect((await canary.rollout(1))?.Reason).toMatch(/waiting for a person: no data of green/)
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back' })
  })
})

const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const hook = (name: string, more: object = {}) => ({ name, function: arn(name), ...more })

describe('functions of a team', () => {
  it('are asked as hooks, in order and once, through the canary’s role', async () => {
    const asked: string[] = []
    const note = ({ id, weight }: FunctionRequest) => {
      asked.push(`${id} at ${weight} %`)
      return { status: 'pass' }
    }
    await deploy({
      lambdas: { warm: note, smoke: note, sign: note, page: note },
      definition: {
        hooks: {
          beforeTraffic: [hook('warm')],
          afterStep: [hook('smoke')],
          beforePromote: [hook('sign')],
          afterFailBack: [hook('page')],
        },
      },
    })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    expect(asked).toEqual([
      'web-1/beforeTraffic/warm at 0 %',
      'web-1/afterStep/1/smoke at 10 %',
      'web-1/afterStep/2/smoke at 50 %',
      'web-1/afterStep/3/smoke at 100 %',
      'web-1/beforePromote/sign at 100 %',
    ])
  })

  it('that fail after a step fail back, and whoever is to be told is told', async () => {
    const reasons: (string | undefined)[] = []
    await deploy({
      lambdas: {
        smoke: () => ({ status: 'fail', reason: '2 journeys broke' }),
        page: ({ reason }) => {
          reasons.push(reason)
          return { status: 'pass' }
        },
      },
      definition: { hooks: { afterStep: [hook('smoke')], afterFailBack: [hook('page')] } },
    })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'failed-back', Achieved: 0 })
    await canary.time.until('the hook was asked', () => reasons.length > 0)
    expect(reasons).toEqual(['hook smoke of afterStep: 2 journeys broke'])
  })

  it('in progress, as a check, delay the step until they have answered', async () => {
    const asked: { readonly at: number; readonly step: number; readonly id: string }[] = []
    await deploy({
      lambdas: {
        opinion: ({ step, id }) => {
          asked.push({ at: Date.now(), step, id })
          return asked.length < 4 ? { status: 'in-progress', retryAfter: 50 } : { status: 'pass' }
        },
      },
      definition: {
        checks: [{ type: 'ecs' }, { type: 'custom', name: 'opinion', function: arn('opinion') }],
        maxExtension: '10m',
      },
    })
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    const [first, second, third, fourth] = asked
    expect([first, second, third, fourth].map((one) => one?.step)).toEqual([1, 1, 1, 1])
    expect(new Set([first, second, third, fourth].map((one) => one?.id)).size).toBe(1)
    expect((fourth?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(150_000)
    expect(asked.at(-1)?.step).toBe(3)
  })
})

describe('a probe', () => {
  it('fails a candidate that answers wrongly', async () => {
    const requests: string[] = []
    await deploy({
      fetch: async (url) => {
        requests.push(String(url))
        return new Response('{"version":1}', { status: requests.length > 6 ? 500 : 200 })
      },
      definition: {
        checks: [
          {
            type: 'http',
            url: 'http://$' + '{service}.internal/version',
            expect: { body: 'version' },
          },
        ],
      },
    })
    expect(await canary.outcome(1)).toMatchObject({
      Outcome: 'failed-back',
      Reason:
        'http: 3 of 3 requests to http://green.internal/version failed: status 500, not 200-299',
    })
    expect(new Set(requests)).toEqual(new Set(['http://green.internal/version']))
  })
})
