import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { parseCanaryRolloutStateChange } from '../../events/canary-rollout-state-change.ts'
import {
  CANARY_DIMENSION,
  CANARY_METRICS,
  type CanaryMetricName,
  METRICS,
  METRICS_NAMESPACE,
  type MetricName,
  SERVICE,
  SERVICE_DIMENSION,
} from '../../functions/shared/metric-names.ts'
import { revision } from '../fixtures/in-process/environment.ts'
import {
  createLocalCanary,
  type EmbeddedLine,
  type LocalCanary,
  type LocalCanaryOptions,
} from '../fixtures/in-process/local-canary.ts'
import { outage } from '../fixtures/in-process/outage.ts'

/** What a rollout tells the outside, and what CloudWatch counts of it: the template's handlers on local AWS. */
let canary: LocalCanary
/** Every metric of every scenario of this file, by its dimensions. */
const emitted = new Map<string, Set<string>>()
const OVERALL = SERVICE_DIMENSION
const OF_A_CANARY = `${SERVICE_DIMENSION} ${CANARY_DIMENSION}`

afterEach(async () => {
  for (const line of canary.metrics) {
    for (const { Name, dimensions } of metricsOf(line)) {
      emitted.set(dimensions, (emitted.get(dimensions) ?? new Set()).add(Name))
    }
  }
  await canary.close()
})

async function released(options: LocalCanaryOptions = {}): Promise<void> {
  canary = await createLocalCanary({ tasks: 1, ...options })
  await canary.define()
  await canary.time.pass(10)
  await canary.surroundings.deploy('green', revision(2))
}

const achieved = (weight: number) =>
  canary.time.until(
    `green has ${weight} %`,
    async () => (await canary.rollout(1))?.Achieved === weight,
  )

function told() {
  const sent = canary.events.filter(({ source }) => source === 'sluice')
  return sent.map((event) => {
    const parsed = parseCanaryRolloutStateChange(event)
    if (parsed.kind === 'ignored') throw new Error(parsed.reason)
    return parsed.value.detail
  })
}
const states = () => told().map(({ state }) => state)

/** What CloudWatch makes of a line: each metric, once for each of its sets of dimensions. */
function metricsOf({ _aws }: EmbeddedLine) {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map((metric) => ({ ...metric, Namespace, dimensions: names.join(' ') })),
    ),
  )
}
/** All values of a metric, in order. */
const values = (name: MetricName | CanaryMetricName) =>
  canary.metrics.flatMap((line) => line[name] ?? [])
const counted = (...names: MetricName[]) =>
  Object.fromEntries(names.map((name) => [name, values(name).length]))

/** Whether an alarm of the controller has ever been heard. */
const rung = (id: string) =>
  canary.events.some(
    ({ 'detail-type': type, detail }) =>
      type === 'CloudWatch Alarm State Change' &&
      JSON.stringify(detail).includes(`"alarmName":"sluice-${id}"`) &&
      JSON.stringify(detail).includes('"state":{"value":"ALARM"'),
  )

describe('a rollout that is promoted', () => {
  it('tells its start, each step and its end, with the evidence of the last look', async () => {
    await released()
    await canary.outcome(1)
    expect(states()).toEqual(['started', 'shifted', 'shifted', 'shifted', 'promoted'])
    const [first, , , , last] = told()
    const known = { canary: 'web', rollout: 'web-1', candidate: 'green' }
    expect(first).toMatchObject({ ...known, step: 0, weight: 0, evidence: [] })
    expect(last).toMatchObject({ ...known, step: 3, weight: 100, revision: revision(2) })
    expect(last?.evidence.map(({ check, kind }) => [check, kind])).toEqual([
      ['ecs', 'pass'],
      ['targets', 'pass'],
    ])
    expect(told().map(({ weight }) => weight)).toEqual([0, 10, 50, 100, 100])
    const times = told().map(({ at }) => Date.parse(at))
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('is counted once, with its verdicts and its weights, under its canary and under all', async () => {
    await released({ tasks: 3, definition: { onNewRevision: 'queue' } })
    await achieved(10)
    await canary.surroundings.deploy('green', revision(3))
    await canary.outcome(1)
    expect(counted('RolloutStarted', 'FailedBack', 'FunctionFailed')).toEqual({
      // The queued one has begun by now; each had three RUNNING events.
      RolloutStarted: canary.executions().length,
      FailedBack: 1,
      FunctionFailed: 0,
    })
    expect(values('RolloutQueued').length).toBeGreaterThan(0)
    expect(values('VerdictPassed').length).toBeGreaterThan(2)
    expect(new Set(values('Weight'))).toEqual(new Set([0, 10]))
    for (const line of canary.metrics) {
      expect(line.service).toBe(SERVICE)
      const metrics = metricsOf(line)
      for (const { Name, Unit, Namespace } of metrics) {
        expect(Namespace).toBe(METRICS_NAMESPACE)
        expect({ ...METRICS, ...CANARY_METRICS }).toMatchObject({ [Name]: Unit })
      }
      const weight = metrics.some(({ Name }) => Name === 'Weight')
      expect([...new Set(metrics.map(({ dimensions }) => dimensions))]).toEqual([
        ...(weight ? [] : [OVERALL]),
        ...(line.canary === undefined ? [] : [OF_A_CANARY]),
      ])
    }
    expect(new Set(canary.metrics.map((line) => line.canary))).toContain('web')
  })

  it('counts its promotion once although nobody could be told', async () => {
    await released()
    await achieved(100)
    canary.network.interrupt('PutEvents', { kind: 'unreachable' }, 100)
    await canary.outcome(1)
    // Until the event is given up.
    await canary.time.pass(30)
    expect(values('Promoted')).toEqual([1])
    expect(values('Weight').at(-1)).toBe(100)
  })
})

describe('a rollout that fails back', () => {
  it('tells so once the baseline stands again, with the check that failed', async () => {
    await released()
    await achieved(10)
    const routed: unknown[] = []
    canary.aws.eventbridge.onEvent(({ source, detail }) => {
      if (source === 'sluice') routed.push([(detail as { state: string }).state, canary.weights()])
    })
    outage(canary, 'ModifyRule', 300)
    canary.healthOf('green', 'unhealthy')
    await canary.outcome(1, 7_200)
    expect(states()).toEqual(['started', 'shifted', 'failed-back'])
    const [state, weights] = routed.at(-1) as [string, Promise<unknown>]
    expect([state, await weights]).toEqual(['failed-back', { blue: 1, green: 0 }])
    expect(told().at(-1)).toMatchObject({ weight: 0, step: 1, reason: expect.any(String) })
    expect(told().at(-1)?.evidence).toContainEqual(
      expect.objectContaining({ check: 'targets', kind: 'fail' }),
    )
    // The load balancer was away for five minutes, and each attempt failed: the controller's alarms tell.
    expect(['FailBackFailed', 'FunctionFailed', 'GuardUsed'].map(rung)).toEqual([true, true, false])
    expect(values('FailBackFailed').length).toBeGreaterThan(1)
    expect(values('FunctionFailed').length).toBeGreaterThan(1)
    expect(values('VerdictFailed').length).toBeGreaterThan(0)
    expect(values('FailedBack')).toEqual([1])
    const [seconds] = values('FailBackSeconds')
    expect(seconds).toBeGreaterThan(200)
    expect(values('FailBackSeconds')).toHaveLength(1)
  })

  it('before it could start, has not started: one event, and no traffic moved', async () => {
    await released({ definition: { checks: [{ type: 'alarms', alarms: ['none'] }] } })
    await canary.outcome(1)
    expect(states()).toEqual(['failed-back'])
    expect(told()[0]).toMatchObject({
      step: 0,
      weight: 0,
      evidence: [],
      reason: expect.stringContaining('CloudWatch has no such alarm'),
    })
    expect(counted('FailedBack', 'FailBackSeconds')).toEqual({ FailedBack: 1, FailBackSeconds: 0 })
  })

  it('because its execution was stopped is recovered, and counted once', async () => {
    await released()
    await achieved(10)
    await canary.stop('web-1')
    await canary.outcome(1)
    expect(states().filter((state) => state === 'failed-back')).toHaveLength(1)
    expect(counted('Recovering', 'FailedBack')).toEqual({ Recovering: 1, FailedBack: 1 })
  })

  it('because its task died counts the signal; a bad candidate is no failure of a function', async () => {
    await released()
    await achieved(10)
    canary.containers.tasks.at(-1)?.exit(1)
    await canary.outcome(1)
    expect(values('SignalRecorded').length).toBeGreaterThan(0)
    expect(values('FunctionFailed')).toEqual([])
  })
})

describe('a rollout that gets no clear answer', () => {
  const source = { namespace: 'Shop', metric: 'Errors' }

  it('is told held, with what is inconclusive', async () => {
    const checks = [{ type: 'metric', name: 'errors', source, above: 1, minimumSample: 10 }]
    await released({ definition: { checks, onInconclusive: 'hold', holdTimeout: '10m' } })
    await canary.outcome(1, 7_200)
    expect(states()).toEqual(['started', 'shifted', 'held', 'failed-back'])
    expect(told()[2]).toMatchObject({ step: 1, weight: 10 })
    expect(told()[2]?.evidence).toEqual([
      expect.objectContaining({ check: 'errors', kind: 'inconclusive' }),
    ])
    expect(values('VerdictInconclusive').length).toBeGreaterThan(0)
  })

  it('because a provider is away counts errors, not failures', async () => {
    await released()
    await achieved(10)
    outage(canary, 'DescribeTargetHealth', 60)
    await canary.outcome(1)
    expect(values('VerdictError').length).toBeGreaterThan(0)
    expect(values('VerdictFailed')).toEqual([])
  })
})

describe('a definition and an event of no concern', () => {
  it('are counted too', async () => {
    await released()
    const define = canary.deployed.functions.find(({ name }) => name.endsWith('-define'))
    const Definition = JSON.stringify(canary.definition())
    const request = {
      RequestType: 'Create',
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/1',
      LogicalResourceId: 'Web',
      ResourceProperties: { Definition },
    }
    const { payload } = await canary.aws.lambda.invoke(define?.arn ?? '', request, 'create')
    expect(JSON.parse(payload)).toMatchObject({ PhysicalResourceId: 'web' })
    await canary.outcome(1)
    expect(values('DefinitionChanged')).toEqual([1])
    expect(values('EventIgnored').length).toBeGreaterThan(0)
  })
})

afterAll(() => {
  // Together the scenarios emit all there is, under exactly the dimensions that alarms and graphs ask for: what nothing
  // emits is a graph that stays empty, and an alarm that never sounds.
  const names = (dimensions: string) => [...(emitted.get(dimensions) ?? [])].sort()
  const [overall, ofACanary] = [Object.keys(METRICS), Object.keys(CANARY_METRICS)]
  expect([...emitted.keys()].sort()).toEqual([OVERALL, OF_A_CANARY])
  expect(names(OVERALL)).toEqual(overall.sort())
  expect(names(OF_A_CANARY)).toEqual([...overall, ...ofACanary].sort())
})
