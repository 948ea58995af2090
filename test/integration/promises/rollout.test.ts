import { afterEach, describe, expect, it } from 'vitest'
import { revision } from '../../fixtures/in-process/environment.ts'
import {
  createLocalCanary,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../../fixtures/in-process/local-canary.ts'

let canary: LocalCanary

afterEach(() => canary.close())

async function defined(options: LocalCanaryOptions = {}): Promise<LocalCanary> {
  canary = await createLocalCanary(options)
  await canary.define()
  return canary
}

/** Names of the states that an execution entered, each once in a row. */
function statesOf({ aws }: LocalCanary, name: string): string[] {
  const execution = [...aws.stepfunctions.state.executions.values()].find(
    (one) => one.name === name,
  )
  return (execution?.history.events() ?? []).flatMap(
    (event) => event.stateEnteredEventDetails?.name ?? [],
  )
}

describe.each(['alb', 'route53'] as const)('on %s', (router) => {
  it('promise 2: a promoted candidate has everything, and the next rollout goes the other way', async () => {
    await defined({ router })
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted', Achieved: 100 })
    expect(await canary.weights()).toMatchObject({ blue: 0 })
    expect(await canary.state()).toMatchObject({ Live: 'green', LastOutcome: 'promoted' })

    await canary.surroundings.deploy('blue', revision(3))
    expect(await canary.outcome(2)).toMatchObject({ Outcome: 'promoted', Candidate: 'blue' })
    expect(await canary.weights()).toMatchObject({ green: 0 })
  })

  it('promise 2: after a fail back the routing equals the baseline', async () => {
    await defined({ router })
    const baseline = await canary.weights()
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('green has half of the traffic', async () => {
      const record = await canary.rollout(1)
      return record?.Achieved === 50
    })
    canary.healthOf('green', 'unhealthy')
    expect(await canary.outcome(1)).toMatchObject({
      Outcome: 'failed-back',
      Reason: expect.stringMatching(/targets/),
      Baseline: baseline,
    })
    expect(await canary.weights()).toEqual(baseline)
  })

  it('promise 1: a rollout ends although AWS is away for an hour', async () => {
    await defined({ router })
    const baseline = await canary.weights()
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('green has traffic', async () => {
      const record = await canary.rollout(1)
      return record?.Achieved === 10
    })
    canary.healthOf('green', 'unhealthy')
    const change = router === 'alb' ? 'ModifyRule' : 'ChangeResourceRecordSets'
    canary.network.interrupt(change, { kind: 'unreachable' }, 150)
    const asked = Date.now()
    expect(await canary.outcome(1, 12 * 3_600)).toMatchObject({ Outcome: 'failed-back' })
    expect(Date.now() - asked).toBeGreaterThan(60 * 60_000)
    expect(await canary.weights()).toEqual(baseline)
  })
})

describe('promise 3: at most one rollout is active and at most one execution runs for a claim', () => {
  it('with 1,000 concurrent and duplicated events', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('a task of green runs', () => canary.events.some(isRunning))
    const event = canary.events.find(isRunning)
    await Promise.all(Array.from({ length: 1_000 }, () => canary.deliver(event)))
    await canary.outcome(1)
    expect(canary.executions().map(({ name }) => name)).toEqual(['web-1'])
    expect(await canary.state()).toMatchObject({ Attempt: 1 })
  })

  it('with ECS events duplicated and out of order', async () => {
    await defined({ tasks: 5, events: { duplicate: true, reorder: true, seed: 7 } })
    await canary.surroundings.deploy('green', revision(2))
    expect(await canary.outcome(1)).toMatchObject({ Outcome: 'promoted' })
    await canary.time.pass(600)
    expect(canary.executions().map(({ name }) => name)).toEqual(['web-1'])
  })
})

describe('promise 4: events that mean nothing change nothing', () => {
  it.each([
    ['nothing at all', undefined],
    ['a text', 'RUNNING'],
    ['an empty object', {}],
    [
      'an event of another source',
      { source: 'aws.s3', 'detail-type': 'Object Created', detail: {} },
    ],
    [
      'one without its fields',
      { source: 'aws.ecs', 'detail-type': 'ECS Task State Change', detail: {} },
    ],
  ])('%s is ignored with a reason and costs no call', async (_name, event) => {
    await defined()
    const before = await canary.state()
    canary.network.asked.length = 0
    const result = await canary.deliver(event)
    expect(result).toMatchObject({ kind: 'ignored', reason: expect.any(String) })
    expect(canary.network.asked).toEqual([])
    expect(await canary.state()).toEqual(before)
  })

  it('a service of no canary, the live slot and a duplicate cost one read each', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await canary.outcome(1)
    const events = canary.events.filter(isRunning)
    const alien = JSON.parse(JSON.stringify(events[0]).replaceAll('service:blue', 'service:other'))
    for (const event of [alien, events[0], events.at(-1)]) {
      canary.network.asked.length = 0
      expect(await canary.deliver(event)).toMatchObject({ kind: 'ignored' })
      expect(canary.network.asked).toEqual(['Query'])
    }
  })

  it('a real event costs one read, one look at ECS as the canary’s role, the claim, the start and its note', async () => {
    await defined({ tasks: 1 })
    await canary.time.pass(10)
    canary.network.asked.length = 0
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('the start is noted', async () => {
      const state = await canary.state()
      return state?.Execution !== undefined
    })
    // Beside it the stream's handler reads the claim once, for the case that this one had died.
    const asked = canary.network.asked.filter((call) => call !== 'GetItem')
    // The function has only just started: it assumes the canary's role, and not again for an hour.
    const [query, assumed, ...rest] = asked
    expect([query, assumed]).toEqual(['Query', 'AssumeRole'])
    expect(rest.slice(0, 3)).toEqual(['DescribeServices', 'UpdateItem', 'StartExecution'])
    expect(rest.slice(3)).toContain('UpdateItem')
  })
})

describe('promise 5: no step is passed on missing data', () => {
  it('a metric that never comes fails back, and one that does is waited for', async () => {
    const namespace = 'Shop'
    const check = {
      type: 'metric',
      name: 'errors',
      source: { namespace, metric: 'Errors', dimensions: { Service: '$' + '{service}' } },
      above: 5,
    }
    await defined({ definition: { checks: [check] } })
    await canary.surroundings.deploy('green', revision(2))
    const ended = await canary.outcome(1)
    expect(ended).toMatchObject({ Outcome: 'failed-back', Achieved: 0 })
    expect(ended.Reason).toMatch(/no clear answer after 60 s more: errors: no data/)
    expect(ended.Progress).toMatchObject({ passed: 0 })
  })
})

describe('promise 7: what is broken moves nothing', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a definition that does not parse',
      { interval: 'soon' },
      /interval \("soon"\): .* write it as/,
    ],
    [
      'a rule that is absent',
      {
        router: {
          type: 'alb',
          rule: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/none/1/2/3',
        },
      },
      /listener-rule\/app\/none/,
    ],
    [
      'records that are missing',
      { router: { type: 'route53', hostedZone: 'Z123', record: 'none.example.com' } },
      /Z123|none\.example\.com/,
    ],
    [
      'an alarm that does not exist',
      { checks: [{ type: 'alarms', alarms: ['none'] }] },
      /checks\.0\.alarms \("none"\): CloudWatch has no such alarm/,
    ],
  ])(
    '%s: the rollout fails back before any shift, and says why',
    async (_name, changes, reason) => {
      await defined()
      const before = await canary.weights()
      await canary.define(changes)
      await canary.surroundings.deploy('green', revision(2))
      const ended = await canary.outcome(1)
      expect(ended).toMatchObject({ Outcome: 'failed-back', Step: 0 })
      expect(ended.Reason).toMatch(reason)
      expect(await canary.weights()).toEqual(before)
      expect(canary.network.asked).not.toContain('ModifyRule')
    },
  )

  it('a service that is scaled to nothing: the same', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    await canary.time.until('the rollout has started', () => canary.executions().length > 0)
    await canary.surroundings.scale('green', 0)
    const ended = await canary.outcome(1)
    expect(ended.Reason).toMatch(/desired count is 0/)
    expect(canary.network.asked).not.toContain('ModifyRule')
  })
})

describe('promise 8: every change of traffic is on the timeline', () => {
  it('with who caused it, and in the order of the workflow’s states', async () => {
    await defined()
    await canary.surroundings.deploy('green', revision(2))
    const { Timeline } = await canary.outcome(1)
    const entries = Timeline as { what: string; weight?: number; who: string }[]
    const changes = entries.filter(({ weight }) => weight !== undefined)
    expect(changes.map(({ what, weight, who }) => `${what} ${weight} ${who}`)).toEqual([
      ...[10, 50, 100].flatMap((weight) => [`shifting ${weight} web-1`, `shifted ${weight} web-1`]),
      'promoted 100 web-1',
    ])
    const [execution] = canary.executions()
    const history = execution?.history.events() ?? []
    expect(history.slice(0, 8).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
    ])
    const states = statesOf(canary, 'web-1')
    expect(states.slice(0, 8)).toEqual([
      'Begin',
      'Prepare',
      'Wait Until Ready',
      'Decide',
      'Shift Traffic',
      'Verify Shift',
      'Bake',
      'Assess',
    ])
    expect(states.at(-1)).toBe('Promoted')
  })
})

function isRunning({ detail }: LocalCanary['events'][number]): boolean {
  return (detail as { lastStatus?: string }).lastStatus === 'RUNNING'
}
