import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { AddPermissionCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { CreateStateMachineCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import FakeTimers from '@sinonjs/fake-timers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import type { EventInvokeConfig } from '../../../local/services/lambda/index.ts'
import { clientsOf } from './clients.ts'
import {
  createMachineRole,
  definitionOf,
  failure,
  handlersAsFunctions,
  MACHINE_ROLE,
  type TestHandler,
} from './functions.ts'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:'
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:dead-letters'
const RULE = 'arn:aws:events:us-east-1:123456789012:rule/rule'
const STARTING_ROLE = 'arn:aws:iam::123456789012:role/starting'
const EVENT = { source: 'aws.test', detailType: 'Something', detail: { a: 1 } }

let clock: ReturnType<typeof FakeTimers.install>
let aws: LocalAws
let clients: ReturnType<typeof clientsOf>

beforeEach(() => {
  clock = FakeTimers.install({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    now: Date.UTC(2026, 10, 20),
  })
})

afterEach(async () => {
  await aws.close()
  clock.uninstall()
})

async function start(handlers: Record<string, TestHandler>, config?: EventInvokeConfig) {
  aws = createLocalAws({ functions: handlersAsFunctions(handlers) })
  for (const name of Object.keys(handlers)) {
    aws.lambda.createFunction(definitionOf(name))
    if (config) aws.lambda.configureEventInvoke(name, config)
  }
  clients = clientsOf(aws)
  const Attributes = { Policy: JSON.stringify({ Statement: [deliveries('sqs:SendMessage')] }) }
  await clients.sqs.send(new CreateQueueCommand({ QueueName: 'dead-letters', Attributes }))
  for (const name of Object.keys(handlers)) {
    await clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'rule',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: RULE,
      }),
    )
  }
  const pattern = { source: ['aws.test', 'mine'] }
  await clients.eventbridge.send(
    new PutRuleCommand({ Name: 'rule', EventPattern: JSON.stringify(pattern) }),
  )
}

/** What the rule's target has to allow EventBridge. */
const deliveries = (action: string) => ({
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: action,
  Resource: '*',
  Condition: { ArnEquals: { 'aws:SourceArn': RULE } },
})

const target = (arn: string, more: object = {}) =>
  clients.eventbridge.send(
    new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'one', Arn: arn, ...more }] }),
  )

async function deadLetters() {
  const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters'
  const { Messages: messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  )
  return messages.map((message) => ({
    body: JSON.parse(message.Body ?? ''),
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        value.StringValue,
      ]),
    ),
  }))
}

describe('an event that a rule matches', () => {
  it('reaches the function in its envelope', async () => {
    const seen: unknown[] = []
    await start({ work: (payload) => void seen.push(payload) })
    await target(`${ARN}work`)
    aws.eventbridge.publish(EVENT)
    aws.eventbridge.publish({ ...EVENT, source: 'aws.other' })
    await clock.tickAsync(0)
    expect(seen).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: 'aws.test',
        'detail-type': 'Something',
        account: '123456789012',
        time: '2026-11-20T00:00:00Z',
        region: 'us-east-1',
        resources: [],
        detail: { a: 1 },
      },
    ])
    expect(aws.lost).toEqual([])
  })

  it('is tried three times, a minute and two minutes apart, and goes to the failure destination', async () => {
    const at: number[] = []
    await start(
      {
        work: () => {
          at.push(Date.now() - Date.UTC(2026, 10, 20))
          throw failure('Transient', 'no luck')
        },
      },
      { onFailure: QUEUE },
    )
    await target(`${ARN}work`)
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(3_600_000)

    expect(at).toEqual([0, 60_000, 180_000])
    expect(await deadLetters()).toMatchObject([
      {
        body: {
          requestContext: {
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
            functionArn: `${ARN}work:$LATEST`,
          },
          requestPayload: { detail: { a: 1 } },
          responseContext: { functionError: 'Unhandled' },
          responsePayload: { errorType: 'Transient', errorMessage: 'no luck' },
        },
      },
    ])
    expect(aws.lambda.pending()).toBe(0)
  })

  it('is not tried again once it went well', async () => {
    let calls = 0
    await start({
      work: () => {
        calls += 1
        if (calls === 1) throw failure('Transient', 'once')
      },
    })
    await target(`${ARN}work`)
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(3_600_000)
    expect(calls).toBe(2)
    expect(aws.lost).toEqual([])
  })

  it('is told as lost where no queue catches it', async () => {
    const broken = () => {
      throw failure('Transient', 'no luck')
    }
    await start({ work: broken }, { maximumRetryAttempts: 0 })
    await target(`${ARN}work`)
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    expect(aws.lost).toEqual([expect.stringMatching(/^work lost an event: RetriesExhausted/)])
  })

  it("goes to the target's dead-letter queue at once where there is no such function", async () => {
    await start({})
    await target(`${ARN}absent`, { DeadLetterConfig: { Arn: QUEUE } })
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    expect(await deadLetters()).toMatchObject([
      {
        body: { detail: { a: 1 } },
        attributes: {
          ERROR_CODE: 'ResourceNotFoundException',
          TARGET_ARN: `${ARN}absent`,
          RULE_ARN: 'arn:aws:events:us-east-1:123456789012:rule/rule',
        },
      },
    ])
  })

  it('is told as lost where the dead-letter queue is not there either', async () => {
    await start({})
    await target(`${ARN}absent`, { DeadLetterConfig: { Arn: `${QUEUE}-absent` } })
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    expect(aws.lost).toEqual([expect.stringMatching(/rule lost Something .*Function not found/)])
  })

  it('starts an execution, and goes to a queue', async () => {
    await start({})
    createMachineRole(aws)
    aws.iam.state.putRole({
      name: 'starting',
      trust: { Statement: [] },
      inline: {
        Start: { Statement: { Effect: 'Allow', Action: 'states:StartExecution', Resource: '*' } },
      },
    })
    const definition = { StartAt: 'Over', States: { Over: { Type: 'Succeed' } } }
    const { stateMachineArn } = await clients.sfn.send(
      new CreateStateMachineCommand({
        name: 'machine',
        definition: JSON.stringify(definition),
        roleArn: MACHINE_ROLE,
      }),
    )
    await target(stateMachineArn ?? '', { RoleArn: STARTING_ROLE })
    await clients.eventbridge.send(
      new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'two', Arn: QUEUE }] }),
    )
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    const list = new ListExecutionsCommand({ stateMachineArn })
    expect((await clients.sfn.send(list)).executions).toMatchObject([{ status: 'SUCCEEDED' }])
    expect(await deadLetters()).toMatchObject([{ body: { source: 'aws.test' } }])
  })
})

describe('an event that its target does not let EventBridge deliver', () => {
  const another = { StatementId: 'rule', FunctionName: 'work' }

  it("goes to the target's dead-letter queue", async () => {
    const seen: unknown[] = []
    await start({ work: (payload) => void seen.push(payload) })
    await clients.lambda.send(new RemovePermissionCommand(another))
    await target(`${ARN}work`, { DeadLetterConfig: { Arn: QUEUE } })
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    expect(await deadLetters()).toMatchObject([
      {
        attributes: {
          ERROR_CODE: 'NO_PERMISSIONS',
          ERROR_MESSAGE: expect.stringContaining('lambda:InvokeFunction'),
        },
      },
    ])
    expect(seen).toEqual([])
  })

  it('is lost where the queue does not let it be delivered either', async () => {
    await start({ work: () => undefined })
    await clients.lambda.send(new RemovePermissionCommand(another))
    const Attributes = { Policy: '' }
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters'
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    await target(`${ARN}work`, { DeadLetterConfig: { Arn: QUEUE } })
    aws.eventbridge.publish(EVENT)
    await clock.tickAsync(0)
    expect(aws.lost).toEqual([
      expect.stringMatching(/rule lost .*lambda:InvokeFunction.*dead-letter queue: .*SendMessage/),
    ])
  })
})

describe('PutEvents', () => {
  const entry = { Source: 'mine', DetailType: 'Something', Detail: '{"a":1}' }

  it('takes what is right and says of each other entry what is wrong', async () => {
    const seen: unknown[] = []
    await start({ work: (payload) => void seen.push(payload) })
    await target(`${ARN}work`)
    const answer = await clients.eventbridge.send(
      new PutEventsCommand({
        Entries: [
          entry,
          { ...entry, Detail: '{' },
          { ...entry, Detail: '[1]' },
          { ...entry, Source: 'aws.ecs' },
          { Source: 'mine', DetailType: 'Something' },
        ],
      }),
    )
    await clock.tickAsync(0)
    expect(answer.FailedEntryCount).toBe(4)
    expect(answer.Entries?.map((one) => one.ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSource',
      'InvalidArgument',
    ])
    expect(seen).toMatchObject([{ source: 'mine', detail: { a: 1 } }])
  })

  it('refuses a bus that there is not', async () => {
    await start({})
    const other = new PutEventsCommand({ Entries: [{ ...entry, EventBusName: 'other' }] })
    await expect(clients.eventbridge.send(other)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('Event bus other does not exist'),
    })
  })
})

describe('a rule', () => {
  it('with a broken pattern is refused, with the field and the value', async () => {
    await start({})
    const broken = new PutRuleCommand({ Name: 'r', EventPattern: '{"detail":{"a":"b"}}' })
    await expect(clients.eventbridge.send(broken)).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: expect.stringContaining('detail.a is "b"'),
    })
  })

  it('does not deliver to what local AWS does not have', async () => {
    await start({})
    await expect(
      target('arn:aws:kinesis:us-east-1:123456789012:stream/clicks'),
    ).rejects.toMatchObject({
      message: expect.stringContaining('does not deliver to arn:aws:kinesis'),
    })
    await expect(target(`${ARN}work`, { HttpParameters: {} })).rejects.toMatchObject({
      message: expect.stringContaining('does not have HttpParameters'),
    })
  })
})
