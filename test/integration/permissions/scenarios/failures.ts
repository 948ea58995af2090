import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { revision } from '../../../fixtures/in-process/environment.ts'
import type { LocalCanary } from '../../../fixtures/in-process/local-canary.ts'
import {
  achieved,
  ask,
  begin,
  expectSame,
  letters,
  nothingIsLost,
  type Scenario,
  SLOW,
  until,
} from '../scenario.ts'
import { putAlarm } from './alarm-and-metric.ts'

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
  undelivered('AlarmFired', async (canary) => {
    await forbid(canary, 'sluice-signal')
    await putAlarm(canary)
    const fired = { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'as asked' } as const
    await new CloudWatchClient(canary.person).send(new SetAlarmStateCommand(fired))
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

export const FAILURES: readonly Scenario[] = [...DEAD_LETTERS, ...UNHANDLED, alarmed]
