import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { proveIdentity } from '../../adapters/sts-identity-proof.ts'
import { newState } from '../../core/model/canary-state.ts'
import { parseDefinition } from '../../core/model/definition.ts'
import type { Ports } from '../../core/ports.ts'
import { createContainer } from '../../functions/shared/container.ts'
import { type Environment, parseEnvironment } from '../../functions/shared/environment.ts'
import { leanOptions, ROOT } from '../../infra/bundling/bundle-functions.ts'
import { CANDIDATE_INDEX } from '../../infra/constructs/records-table.ts'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'
import { clientConfig } from '../fixtures/client-config.ts'
import { createLocalCanary, type LocalCanary } from '../fixtures/in-process/local-canary.ts'

const PROVEN = { canary: 'web', kind: 'abort', id: 'a1' } as const

type CreateContainer = typeof createContainer
type Call = (ports: Ports) => Promise<unknown>

let folder: string
let createLean: CreateContainer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lean-client-'))
  await build({
    ...leanOptions(ROOT),
    entryPoints: { container: join(ROOT, 'functions', 'shared', 'container.ts') },
    outdir: folder,
    splitting: true,
  })
  const { href } = pathToFileURL(join(folder, 'container.mjs'))
  createLean = ((await import(href)) as { createContainer: CreateContainer }).createContainer
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Of one attempt, or of one machine. */
const OWN_HEADERS = [
  'authorization',
  'x-amz-date',
  'amz-sdk-invocation-id',
  'user-agent',
  'x-amz-user-agent',
]

/** A request as a service sees it, and of its signature what it is for. */
function seen(request: HttpRequest) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const [, scope, signed] =
    /Credential=\w+\/\d+\/([^,]+), SignedHeaders=([^,]+),/.exec(headers.authorization ?? '') ?? []
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name))
  const { method, protocol, hostname, port, path, query } = request
  const body =
    request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : request.body
  return { method, protocol, hostname, port, path, query, body, scope, signed, kept: kept.sort() }
}

type Seen = ReturnType<typeof seen>
interface Exchange {
  readonly asked: Seen
  readonly answer: HttpResponse | Error
}

/** Writes down what is asked and answered. */
function recording(inner: InProcessHandler, exchanges: Exchange[]): InProcessHandler {
  return {
    ...inner,
    async handle(request) {
      const asked = seen(request)
      try {
        const { response } = await inner.handle(request)
        // Readers change what they read.
        exchanges.push({ asked, answer: copyOf(response) })
        return { response }
      } catch (error) {
        exchanges.push({ asked, answer: error as Error })
        throw error
      }
    },
  }
}

/** Answers each request as it was answered before, in the same order. */
function replaying(inner: InProcessHandler, exchanges: readonly Exchange[], asked: Seen[]) {
  const answers = exchanges.map(({ answer }) => answer)
  return {
    ...inner,
    async handle(request: HttpRequest) {
      asked.push(seen(request))
      const answer = answers.shift()
      if (answer === undefined) throw new Error('one request more than the SDK’s client makes')
      if (answer instanceof Error) throw answer
      return { response: copyOf(answer) }
    },
  }
}

const copyOf = ({ statusCode, headers, body }: HttpResponse) =>
  new HttpResponse({ statusCode, headers: { ...headers }, body })

/** What came of a call: its result, or its error as far as anybody looks at one. */
async function outcomeOf(call: Call, ports: Ports): Promise<unknown> {
  try {
    return { result: await call(ports) }
  } catch (thrown) {
    const { name, message, cause, ...rest } = thrown as Error & { cause?: Error }
    return { name, message, cause: String(cause), ...rest }
  }
}

/** The SDK's clients ask local AWS; then the bundled ones are told the same answers. */
async function compare(canary: LocalCanary, calls: Readonly<Record<string, Call>>) {
  const { deployed, network, time } = canary
  const ended = deployed.queues.find(({ logicalId }) => logicalId.includes('Ended'))
  const environment: Environment = {
    ...parseEnvironment({
      TABLE_NAME: deployed.tables[0]?.name,
      CANDIDATE_INDEX,
      STATE_MACHINE_ARN: deployed.stateMachines[0]?.arn,
      EVENT_BUS_NAME: 'default',
      ENDED_EXECUTIONS_URL: canary.aws.sqs.queues.get(ended?.arn).url,
      FUNCTION_NAME: 'shift',
    }),
    logLevel: 'SILENT',
  }
  const { credentials } = clientConfig(network)
  const outcomes: Record<string, unknown> = {}
  for (const [name, call] of Object.entries(calls)) {
    const exchanges: Exchange[] = []
    const asked: Seen[] = []
    const outcomeWith = (create: CreateContainer, requestHandler: InProcessHandler) =>
      time.during(name, outcomeOf(call, create(environment, { credentials, requestHandler })))
    const expected = await outcomeWith(createContainer, recording(network, exchanges))
    const actual = await outcomeWith(createLean, replaying(network, exchanges, asked))
    expect.soft(actual, name).toEqual(expected)
    expect.soft(asked, name).toEqual(exchanges.map((exchange) => exchange.asked))
    expect.soft(asked.length, name).toBeGreaterThan(0)
    outcomes[name] = expected
  }
  return outcomes
}

const ANYBODY = {
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
}
const ALL = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

async function createScene(router: 'alb' | 'route53') {
  const canary = await createLocalCanary({ router })
  onTestFinished(() => canary.close())
  process.env.AWS_REGION = 'us-east-1'
  const { aws, network } = canary
  const role = aws.iam.state.putRole({ name: 'reached', trust: ANYBODY, inline: { all: ALL } }).arn
  const definition = parseDefinition(canary.definition())
  /** An answer of the network instead of the service's, once for each. */
  const failing = (operation: string, times: number, error: object) => {
    const by = async () => {
      throw Object.assign(new Error('made up'), error)
    }
    network.interrupt(operation, { kind: 'preceded', by }, times)
  }
  return {
    canary,
    definition,
    reach: (ports: Ports) => ports.reachOf({ canary: 'web', role }),
    failing,
  }
}

/** An alarm, points of a metric and a stopped task, each with its times. */
async function putSomethingToRead({ person, time, aws }: LocalCanary): Promise<void> {
  const cloudwatch = new CloudWatchClient(person)
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  )
  const Dimensions = [{ Name: 'Slot', Value: 'green' }]
  const Timestamp = new Date(time.now() - 300_000)
  const datum = { MetricName: 'Requests', Dimensions, Value: 3, Timestamp }
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [datum] }))
  const ecs = new ECSClient(person)
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'shop' }))
  await ecs.send(new StopTaskCommand({ cluster: 'shop', task: taskArns?.[0], reason: 'by hand' }))
  const stopped = () =>
    [...aws.ecs.state.tasks.values()].some((one) => one.lastStatus === 'STOPPED')
  await time.until('a task has stopped', stopped)
}

const CLAIM = {
  canary: 'other',
  rollout: 'other-7',
  attempt: 7,
  candidate: 'green',
  revision: 'a revision with ümlauts',
} as const

const STATE = newState('other', 'blue', { blue: 'shop/other-blue', green: 'shop/other-green' })

it('the table, services, metrics, functions and notices are asked as the SDK’s clients ask, with the same outcome', async () => {
  const { canary, definition, reach, failing } = await createScene('alb')
  const { blue } = definition.slots
  await putSomethingToRead(canary)
  const notice = {
    canary: 'web',
    rollout: 'web-1',
    execution: 'web-1',
    state: 'started',
    severity: 'info',
    message: 'a message',
    candidate: 'green',
    revision: 'app:2',
    step: 0,
    weight: 0,
    reason: 'a reason with <signs> & "quotes", and ümlauts',
    evidence: [],
    at: 1,
  } as const
  const query = { namespace: 'Shop', metric: 'Requests', dimensions: { Slot: 'green' } }
  const proofOfIdentity = proveIdentity(canary.person, PROVEN)
  const outcomes = await compare(canary, {
    'a state that there is not': ({ store }) => store.readState('nobody'),
    'a state that is created': ({ store }) => store.createState(STATE),
    'a state that there is already': ({ store }) => store.createState(STATE),
    'a state that is changed': ({ store }) =>
      store.amendState('other', (state) => ({ ...state, triggered: true, attempt: 7 })),
    'a state that is found by its service': ({ store }) =>
      store.findByCandidate({ cluster: 'shop', service: 'other-green' }),
    'a state of nobody that is changed': ({ store }) => store.amendState('nobody', (one) => one),
    'a definition that is written': ({ definitions }) =>
      definitions.amend('web', () => ({ definition: canary.definition() })),
    'a definition that is removed': ({ definitions }) => definitions.amend('web', () => undefined),
    'a table that fails once': async ({ store }) => {
      failing('GetItem', 1, { $metadata: { httpStatusCode: 500 } })
      return store.readState('other')
    },
    'a table that throttles twice': async ({ store }) => {
      failing('GetItem', 2, { name: 'ThrottlingException' })
      return store.readState('other')
    },
    'a connection that breaks for as long as it is tried': async ({ store }) => {
      failing('GetItem', 3, { code: 'ECONNRESET' })
      return store.readState('other')
    },
    'a service': (ports) => reach(ports).services.describe(blue),
    'a service that there is not': (ports) =>
      reach(ports).services.describe({ ...blue, service: 'nothing' }),
    'a cluster that there is not': (ports) =>
      reach(ports).services.describe({ ...blue, cluster: 'nowhere' }),
    'stopped tasks': (ports) => reach(ports).services.stoppedTasks(blue),
    'a desired count': (ports) => reach(ports).services.setDesiredCount(blue, 3),
    'healthy targets': (ports) => reach(ports).targetGroups.health(blue.targetGroup ?? ''),
    'targets of no group': (ports) => reach(ports).targetGroups.health(`${blue.targetGroup}0`),
    alarms: (ports) => reach(ports).alarms.describe(['errors', 'nothing']),
    metrics: (ports) =>
      reach(ports).metrics.read(
        [
          { id: 'sum', ...query, statistic: 'Sum', period: 60 },
          { id: 'rate', expression: 'sum / 60', period: 60 },
        ],
        { from: canary.time.now() - 600_000, to: canary.time.now() },
      ),
    'a function that there is not': (ports) =>
      reach(ports).lambdas.invoke(
        'arn:aws:lambda:us-east-1:123456789012:function:nothing',
        { text: 'ü' },
        1_000,
      ),
    'a notice': ({ notices }) => notices.publish(notice),
    'a proof of identity': async ({ identities }) =>
      identities.callerOf(await proofOfIdentity, PROVEN),
    'a reminder': ({ reminders }) => reminders.put(CLAIM),
    'a queue that throttles': async ({ reminders }) => {
      failing('SendMessage', 1, { name: 'ThrottlingException' })
      return reminders.put(CLAIM)
    },
    'an execution': async ({ workflows }) => {
      await workflows.start('other-7', { ...CLAIM, recover: 'made up' })
      return workflows.describe('other-7')
    },
    'an execution that there is not': ({ workflows }) => workflows.describe('nothing-1'),
    'an answer to nobody': ({ workflows }) => workflows.answer('no token', { reason: 'any' }),
    'a rule': async (ports) => {
      const router = reach(ports).routerOf(definition)
      const before = await router.read()
      const change = await router.set({ blue: 90, green: 10 })
      return [before, change, await router.verify(change)]
    },
    'a rule that there is not': (ports) =>
      reach(ports)
        .routerOf({
          ...definition,
          router: { ...definition.router, rule: `${Reflect.get(definition.router, 'rule')}0` },
        } as never)
        .read(),
  })
  // Empty answers would be the same for any client.
  expect(outcomes).toMatchObject({
    'stopped tasks': { result: [{ reason: 'by hand', stoppedAt: expect.any(Number) }] },
    metrics: { result: { sum: [{ value: 3 }], rate: [{ value: 0.05 }] } },
    alarms: { result: [{ name: 'errors' }] },
    'healthy targets': { result: [{ state: 'healthy' }, { state: 'healthy' }] },
    'a service': { result: { primary: expect.anything() } },
    'an execution': { result: { status: expect.stringMatching(/./) } },
    'an execution that there is not': { result: undefined },
  })
})

it('records of Route 53 are read and written as the SDK’s client does it', async () => {
  const { canary, definition, reach, failing } = await createScene('route53')
  await compare(canary, {
    records: async (ports) => {
      const router = reach(ports).routerOf(definition)
      const before = await router.read()
      const change = await router.set({ blue: 230, green: 25 })
      return [before, change, await router.verify(change)]
    },
    'a zone that there is not': (ports) =>
      reach(ports)
        .routerOf({
          ...definition,
          router: { ...definition.router, hostedZone: 'ZNOTHING' },
        } as never)
        .read(),
    'a zone that throttles': async (ports) => {
      failing('ListResourceRecordSets', 1, { name: 'Throttling' })
      return reach(ports).routerOf(definition).read()
    },
  })
})
