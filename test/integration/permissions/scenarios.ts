import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { RouterType } from '../../fixtures/in-process/environment.ts'
import { revision } from '../../fixtures/in-process/environment.ts'
import type { LocalCanary } from '../../fixtures/in-process/local-canary.ts'
import {
  achieved,
  ask,
  atOnce,
  because,
  begin,
  ended,
  expectSame,
  letters,
  nothingIsLost,
  QUICK,
  request,
  type Scenario,
  SLOW,
  until,
} from './scenario.ts'

const ROUTERS: readonly RouterType[] = ['alb', 'listener', 'route53']
const PROMOTED = ['started', 'shifted', 'promoted']
const FAILED_BACK = ['started', 'shifted', 'failed-back']

const promotes = (router: RouterType): Scenario => ({
  name: `promotes on ${router}`,
  options: { router, tasks: 1, definition: QUICK },
  async run(canary) {
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED)
    expectSame("blue's weight", (await canary.weights()).blue, 0)
  },
})

const failsBack = (router: RouterType): Scenario => ({
  name: `fails back on ${router}`,
  options: { router, tasks: 1, definition: QUICK },
  async run(canary) {
    await begin(canary)
    const baseline = await canary.weights()
    await achieved(canary, 50)
    canary.healthOf('green', 'unhealthy')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
    expectSame('the weights', await canary.weights(), baseline)
  },
})

const METRIC = {
  type: 'metric',
  name: 'errors',
  source: { namespace: 'Shop', metric: 'Errors' },
  above: 5,
}

async function putAlarm(canary: LocalCanary): Promise<void> {
  await new CloudWatchClient(canary.person).send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  )
}

/** A metric needs a whole period within the step. */
const MINUTES = { plan: [{ weight: 100, bake: '2m' }] }

const watches: Scenario = {
  name: 'watches alarms and metrics',
  options: {
    tasks: 1,
    definition: { ...QUICK, ...MINUTES, checks: [METRIC, { type: 'alarms', alarms: ['errors'] }] },
  },
  async run(canary) {
    await putAlarm(canary)
    const record = () => canary.aws.cloudwatch.record('Shop', 'Errors', {}, 0)
    record()
    const keepsComing = setInterval(record, 5_000)
    await begin(canary)
    await ended(canary, 1, 'promoted', PROMOTED).finally(() => clearInterval(keepsComing))
  },
}

const scales: Scenario = {
  name: 'scales the candidate, and back',
  options: { tasks: 1, definition: { ...QUICK, capacity: { policy: 'scale', deadline: '5m' } } },
  async run(canary) {
    const wanted = () => canary.aws.ecs.state.services.get('shop/green')?.desiredCount
    await canary.surroundings.scale('blue', 2)
    await begin(canary)
    await achieved(canary, 100)
    expectSame('what green wants', wanted(), 2)
    canary.healthOf('green', 'unhealthy')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
    expectSame('what green wants', wanted(), 1)
  },
}

const held: Scenario = {
  name: 'is held, approved and aborted',
  options: {
    tasks: 1,
    definition: { ...QUICK, checks: [METRIC], onInconclusive: 'hold', holdTimeout: '1h' },
  },
  async run(canary) {
    const holding = async () => (await canary.rollout(1))?.Status === 'holding'
    await begin(canary)
    await until(canary, 'a person is waited for', holding)
    await canary.time.settle()
    await ask(canary, 'approve')
    await until(canary, 'it bakes again', async () => !(await holding()))
    await ask(canary, 'abort')
    await atOnce(canary, () =>
      ended(canary, 1, 'failed-back', ['started', 'shifted', 'held', 'failed-back']),
    )
  },
}

const slowly = (name: string, interrupt: (canary: LocalCanary) => Promise<void>): Scenario => ({
  name,
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    await begin(canary)
    await achieved(canary, 50)
    await canary.time.pass(1)
    await atOnce(canary, () => interrupt(canary))
  },
})

const aborted = slowly('is aborted in a bake', async (canary) => {
  await ask(canary, 'abort')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
})

/** After the last look for signals, and before the bake has its token. */
const abortedBefore: Scenario = {
  name: 'is aborted between a shift and its bake',
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    const stop = canary.aws.eventbridge.onEvent(({ source }) => {
      if (source !== 'sluice') return
      stop()
      const by = () => request(canary, 'abort')
      canary.network.interrupt('PutEvents', { kind: 'preceded', by })
    })
    await begin(canary)
    await atOnce(canary, () => ended(canary, 1, 'failed-back', FAILED_BACK))
    await because(canary, /^aborted by ada/)
  },
}

const superseded = slowly('is superseded', async (canary) => {
  await canary.surroundings.deploy('green', revision(3))
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await until(canary, 'the next has begun', () => canary.executions().length === 2)
})

const crashed = slowly('hears of a stopped task', async (canary) => {
  canary.containers.tasks.at(-1)?.exit(1)
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await because(canary, /task/)
})

/** The table's stream heals what `trigger` could not start; it starts by itself nevertheless. */
const unfollowed: Scenario = {
  name: 'starts although nobody follows the table',
  options: { tasks: 1, definition: QUICK },
  async run(canary) {
    await canary.define()
    for (const { name, inline } of canary.aws.iam.state.roles()) {
      if (!name.endsWith('-retrigger')) continue
      for (const policy of inline.keys()) canary.aws.iam.state.removeRolePolicy(name, policy)
    }
    await canary.surroundings.deploy('green', revision(2))
    await ended(canary, 1, 'promoted', PROMOTED)
  },
}

const hook = (name: string) => ({
  name,
  function: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
})
const passes = () => ({ status: 'pass' })

/** Hooks at every point, and a check of the team's own. */
const asksFunctions = (name: string, hooks: object, promoted: boolean): Scenario => ({
  name,
  options: {
    tasks: 1,
    lambdas: { warm: passes, smoke: passes, sign: passes, page: passes, opinion: passes },
    definition: { ...QUICK, checks: [{ type: 'custom', ...hook('opinion') }], hooks },
  },
  async run(canary) {
    await begin(canary)
    if (promoted) return ended(canary, 1, 'promoted', PROMOTED)
    await achieved(canary, 50)
    await ask(canary, 'abort')
    await ended(canary, 1, 'failed-back', FAILED_BACK)
    const { Timeline: timeline = [] } = (await canary.rollout(1)) ?? {}
    const asked = canary.aws.lambda.functions.get('page').invocations
    if (asked !== 1)
      throw new Error(`the hook was asked ${asked} times: ${JSON.stringify(timeline)}`)
  },
})

const FUNCTIONS_OF_THE_TEAM = [
  asksFunctions(
    'asks functions of its team',
    { beforeTraffic: [hook('warm')], afterStep: [hook('smoke')], beforePromote: [hook('sign')] },
    true,
  ),
  asksFunctions('tells one after a fail back', { afterFailBack: [hook('page')] }, false),
]

/** The outcome stands, and `Promote` cannot settle it: `Fail Back` does. */
const settledLate: Scenario = {
  name: 'settles a promotion late',
  options: { tasks: 1, definition: { ...QUICK, checks: [{ type: 'targets' }] } },
  async run(canary) {
    const failedBack = () => canary.invocations.some(({ fn }) => fn === 'fail-back')
    await begin(canary)
    await achieved(canary, 100)
    const by = async () => {
      const decided = (await canary.rollout(1))?.Outcome === 'promoted'
      if (decided && !failedBack()) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    }
    canary.network.interrupt('DescribeServices', { kind: 'preceded', by }, 20_000)
    await until(canary, 'Fail Back is asked', failedBack, 4 * 3_600)
    const settled = async () => (await canary.state())?.Live === 'green'
    await until(canary, 'green is live', settled, 600)
    await ended(canary, 1, 'promoted', PROMOTED)
  },
}

/** A stack with the canary is deployed, changed and deleted. */
const defines = (router: RouterType): Scenario => ({
  name: `is defined on ${router}`,
  options: {
    router,
    tasks: 1,
    definition: { ...QUICK, checks: [{ type: 'targets' }, { type: 'alarms', alarms: ['errors'] }] },
  },
  async run(canary) {
    await putAlarm(canary)
    // The framework asks whether the function is there before it calls a second time.
    canary.network.interrupt('Invoke', { kind: 'unreachable' })
    await canary.tell('Create')
    expectSame('the version', (await canary.item('definition'))?.Version, 1)
    await canary.tell('Update', { interval: '30s' })
    expectSame('the version', (await canary.item('definition'))?.Version, 2)
    await canary.tell('Delete')
    expectSame('the definition', await canary.item('definition'), undefined)
  },
})

const guarded = slowly('is guarded', async (canary) => {
  await canary.stop('web-1')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
})

const retriggered = slowly('is triggered again', async (canary) => {
  await ask(canary, 'abort')
  await ended(canary, 1, 'failed-back', FAILED_BACK)
  await canary.edit('Triggered', false)
  await until(canary, 'it runs again', () => canary.executions().length === 2)
})

/** What EventBridge cannot hand over ends in a queue. */
const undelivered = (rule: string, cause: (canary: LocalCanary) => Promise<void>): Scenario => ({
  name: `keeps what ${rule} cannot deliver`,
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    await begin(canary)
    await achieved(canary, 50)
    const queue = 'UndeliveredEvents'
    expectSame('the letters', letters(canary, queue).length, 0)
    await cause(canary)
    await until(canary, 'there is a letter', () => letters(canary, queue).length > 0, 60)
  },
})

async function forbid({ aws, person }: LocalCanary, fn: string): Promise<void> {
  for (const StatementId of aws.lambda.functions.get(fn).policies.keys()) {
    await new LambdaClient(person).send(
      new RemovePermissionCommand({ FunctionName: fn, StatementId }),
    )
  }
}

const DEAD_LETTERS = [
  undelivered('TaskRunning', async (canary) => {
    await forbid(canary, 'sluice-trigger')
    await canary.surroundings.deploy('green', revision(3))
  }),
  undelivered('TaskStopped', async (canary) => {
    await forbid(canary, 'sluice-signal')
    canary.containers.tasks.at(-1)?.exit(1)
  }),
  undelivered('ExecutionEnded', async (canary) => {
    const ofGuard = canary.deployed.queues.find(({ logicalId }) => logicalId.includes('Ended'))
    await new SQSClient(canary.person).send(
      new SetQueueAttributesCommand({
        QueueUrl: canary.aws.sqs.queues.get(ofGuard?.arn).url,
        Attributes: { Policy: '' },
      }),
    )
    await canary.stop('web-1')
  }),
  undelivered('News', async (canary) => {
    const topics = [...canary.deployed.resources.values()]
    const topic = topics.find(({ type }) => type === 'AWS::SNS::Topic')
    await new SNSClient(canary.person).send(
      new SetTopicAttributesCommand({
        TopicArn: topic?.ref,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      }),
    )
    await ask(canary, 'abort')
  }),
]

/** What a function fails at for good ends in another queue. */
const unhandled = (fn: string, cause: (canary: LocalCanary) => Promise<void>): Scenario => ({
  name: `keeps what ${fn} cannot handle`,
  options: { tasks: 1, definition: SLOW },
  async run(canary) {
    await begin(canary)
    await achieved(canary, 50)
    canary.network.interrupt('Query', { kind: 'unreachable' }, 1_000)
    await cause(canary)
    const kept = () => letters(canary, 'UnhandledEvents').length > 0
    await until(canary, 'there is a letter', kept, 600)
  },
})

const UNHANDLED = [
  unhandled('trigger', (canary) => canary.surroundings.deploy('green', revision(3))),
  unhandled('signal', async (canary) => canary.containers.tasks.at(-1)?.exit(1)),
]

/** Each of the controller's own alarms rings, and the topic of news hears of it. */
const alarmed: Scenario = {
  name: 'rings its alarms',
  options: { tasks: 1 },
  async run(canary) {
    const cloudwatch = new CloudWatchClient(canary.person)
    const { MetricAlarms: alarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}))
    if (alarms.length === 0) throw new Error('the controller has no alarms')
    for (const { AlarmName } of alarms) {
      const state = { AlarmName, StateValue: 'ALARM', StateReason: 'as asked' } as const
      await cloudwatch.send(new SetAlarmStateCommand(state))
      nothingIsLost(canary)
    }
  },
}

export const SCENARIOS: readonly Scenario[] = [
  ...ROUTERS.map(promotes),
  ...ROUTERS.map(failsBack),
  watches,
  scales,
  held,
  aborted,
  abortedBefore,
  superseded,
  crashed,
  guarded,
  retriggered,
  settledLate,
  unfollowed,
  alarmed,
  ...FUNCTIONS_OF_THE_TEAM,
  ...ROUTERS.map(defines),
  ...DEAD_LETTERS,
  ...UNHANDLED,
]
