import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import FakeTimers from '@sinonjs/fake-timers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import type { BusEvent } from '../../../local/services/eventbridge/index.ts'
import { clientsOf } from './clients.ts'
import {
  createMachineRole,
  definitionOf,
  failure,
  handlersAsFunctions,
  MACHINE_ROLE,
  type TestHandler,
} from './functions.ts'

const INVOKE = 'arn:aws:states:::lambda:invoke'

let clock: ReturnType<typeof FakeTimers.install>
let aws: LocalAws
let events: BusEvent[]

beforeEach(() => {
  clock = FakeTimers.install({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    now: Date.UTC(2026, 10, 20),
  })
  events = []
})

afterEach(async () => {
  await aws.close()
  clock.uninstall()
})

function start(handlers: Record<string, TestHandler>) {
  // No services run here; a poll of theirs would tick through a simulated month.
  aws = createLocalAws({
    functions: handlersAsFunctions(handlers),
    ecs: { healthPoll: 2 ** 31 - 1 },
  })
  createMachineRole(aws)
  for (const name of Object.keys(handlers)) aws.lambda.createFunction(definitionOf(name))
  aws.eventbridge.onEvent((event) => events.push(event))
  return clientsOf(aws)
}

const task = (more: object = {}) => ({
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'work', 'Payload.$': '$' },
  OutputPath: '$.Payload',
  TimeoutSeconds: 60,
  End: true,
  ...more,
})

const tokenTask = (more: object = {}) =>
  task({
    Resource: `${INVOKE}.waitForTaskToken`,
    Parameters: { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } },
    OutputPath: '$',
    ...more,
  })

async function run(
  clients: ReturnType<typeof clientsOf>,
  definition: object,
  input: unknown = {},
  name = 'run-1',
) {
  const { stateMachineArn } = await clients.sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn: MACHINE_ROLE,
    }),
  )
  const { executionArn } = await clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  )
  const arn = executionArn ?? ''
  return {
    arn,
    stateMachineArn: stateMachineArn ?? '',
    describe: () => clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn })),
    history: async () =>
      (await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }))).events ?? [],
  }
}

const typesOf = (history: readonly HistoryEvent[]) => history.map((event) => event.type)
const statuses = () => events.map((event) => (event.detail as { status: string }).status)

describe('an execution', () => {
  it('runs a task and tells its history as Step Functions does', async () => {
    const clients = start({ work: (payload) => ({ seen: payload }) })
    const execution = await run(clients, { StartAt: 'Work', States: { Work: task() } }, { a: 1 })
    await clock.tickAsync(0)

    const described = await execution.describe()
    expect(described.status).toBe('SUCCEEDED')
    expect(JSON.parse(described.output ?? '')).toEqual({ seen: { a: 1 } })
    const history = await execution.history()
    expect(typesOf(history)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ])
    expect(history.map((event) => event.id)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(history.map((event) => event.previousEventId)).toEqual([0, 0, 2, 3, 4, 5, 6])
    expect(history[1]?.stateEnteredEventDetails).toEqual({ name: 'Work', input: '{"a":1}' })
    expect(history[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-east-1',
      timeoutInSeconds: 60,
      parameters: '{"FunctionName":"work","Payload":{"a":1}}',
    })
    expect(history[4]?.taskSucceededEventDetails?.output).toBe(
      '{"ExecutedVersion":"$LATEST","Payload":{"seen":{"a":1}},"StatusCode":200}',
    )
    expect(statuses()).toEqual(['RUNNING', 'SUCCEEDED'])
  })
})

interface Token {
  readonly token: string
}

describe('a task that waits for an answer', () => {
  const definition = {
    StartAt: 'Bake',
    States: {
      Bake: tokenTask({
        TimeoutSeconds: undefined,
        TimeoutSecondsPath: '$.seconds',
        ResultPath: '$.wake',
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Woken' }],
        End: undefined,
        Next: 'Woken',
      }),
      Woken: { Type: 'Succeed' },
    },
  }

  it('goes on with the output that its token was answered with', async () => {
    const tokens: string[] = []
    const clients = start({ work: (payload) => void tokens.push((payload as Token).token) })
    const execution = await run(clients, definition, { seconds: 3600 })
    await clock.tickAsync(1000)
    expect((await execution.describe()).status).toBe('RUNNING')

    await clients.sfn.send(
      new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{"why":"signal"}' }),
    )
    await clock.tickAsync(0)

    const { output } = await execution.describe()
    expect(JSON.parse(output ?? '')).toEqual({ seconds: 3600, wake: { why: 'signal' } })
    expect(typesOf(await execution.history())).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ])
  })

  it('takes an answer that comes before the function that passed the token on has returned', async () => {
    const { promise: returned, resolve: letReturn } = Promise.withResolvers<void>()
    const tokens: string[] = []
    const clients = start({
      work: (payload) => {
        tokens.push((payload as Token).token)
        return returned
      },
    })
    const execution = await run(clients, definition, { seconds: 60 })
    await clock.tickAsync(0)
    await clients.sfn.send(new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{}' }))
    await clock.tickAsync(0)
    expect((await execution.describe()).status).toBe('SUCCEEDED')
    letReturn()
  })

  it('takes one of two answers that come at once', async () => {
    const tokens: string[] = []
    const clients = start({ work: (payload) => void tokens.push((payload as Token).token) })
    await run(clients, definition, { seconds: 60 })
    await clock.tickAsync(0)
    const answer = () =>
      clients.sfn.send(new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{}' }))
    const outcomes = await Promise.allSettled([answer(), answer()])
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('times out after the seconds that its input names, an hour in no time, and refuses the late answer', async () => {
    const tokens: string[] = []
    const clients = start({ work: (payload) => void tokens.push((payload as Token).token) })
    const execution = await run(clients, definition, { seconds: 3600 })
    await clock.tickAsync(3_599_000)
    expect((await execution.describe()).status).toBe('RUNNING')
    await clock.tickAsync(1000)

    const { status, output } = await execution.describe()
    expect(status).toBe('SUCCEEDED')
    expect(JSON.parse(output ?? '')).toMatchObject({ error: { Error: 'States.Timeout' } })
    expect(typesOf(await execution.history())).toContain('TaskTimedOut')
    const late = new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{}' })
    await expect(clients.sfn.send(late)).rejects.toMatchObject({ name: 'TaskTimedOut' })
    const beat = new SendTaskHeartbeatCommand({ taskToken: tokens[0] })
    await expect(clients.sfn.send(beat)).rejects.toMatchObject({ name: 'TaskTimedOut' })
  })

  it('gives every attempt a token of its own', async () => {
    const tokens: string[] = []
    const clients = start({
      work: (payload) => {
        tokens.push((payload as Token).token)
        if (tokens.length === 1) throw failure('Flaky', 'once')
      },
    })
    const retried = tokenTask({ Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1 }] })
    const execution = await run(clients, { StartAt: 'Bake', States: { Bake: retried } })
    await clock.tickAsync(2000)

    expect(new Set(tokens).size).toBe(2)
    const first = new SendTaskSuccessCommand({ taskToken: tokens[0], output: '{}' })
    await expect(clients.sfn.send(first)).rejects.toMatchObject({ name: 'TaskTimedOut' })
    const second = new SendTaskFailureCommand({ taskToken: tokens[1], error: 'No', cause: 'why' })
    await clients.sfn.send(second)
    await clock.tickAsync(0)
    expect(await execution.describe()).toMatchObject({
      status: 'FAILED',
      error: 'No',
      cause: 'why',
    })
  })

  it('knows no token that it did not give', async () => {
    const clients = start({})
    const unknown = new SendTaskSuccessCommand({ taskToken: 'made-up', output: '{}' })
    await expect(clients.sfn.send(unknown)).rejects.toMatchObject({ name: 'InvalidToken' })
  })
})

describe('errors', () => {
  it('are matched by the type that the function threw, with the payload as the cause', async () => {
    const clients = start({
      work: () => {
        throw failure('RouterRefused', 'no such rule')
      },
    })
    const caught = task({
      End: undefined,
      Next: 'Never',
      Catch: [{ ErrorEquals: ['RouterRefused'], ResultPath: '$.error', Next: 'Failed' }],
    })
    const execution = await run(clients, {
      StartAt: 'Work',
      States: {
        Work: caught,
        Never: { Type: 'Succeed' },
        Failed: { Type: 'Fail', Error: 'FailedBack', CausePath: '$.error.Cause' },
      },
    })
    await clock.tickAsync(0)

    const { status, error, cause } = await execution.describe()
    expect([status, error]).toEqual(['FAILED', 'FailedBack'])
    expect(JSON.parse(cause ?? '')).toMatchObject({
      errorType: 'RouterRefused',
      errorMessage: 'no such rule',
    })
    expect(typesOf(await execution.history())).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskStateExited',
      'FailStateEntered',
      'ExecutionFailed',
    ])
  })

  it('are retried with growing delays that have a longest one, drawn at random under FULL jitter', async () => {
    const calls: number[] = []
    const clients = start({
      work: () => {
        calls.push(Date.now())
        throw failure('NotYet', 'not yet')
      },
    })
    const retry = {
      ErrorEquals: ['NotYet'],
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxDelaySeconds: 4,
    }
    const states = {
      Steady: task({
        End: undefined,
        Next: 'Jittered',
        Retry: [{ ...retry, MaxAttempts: 5 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Jittered' }],
      }),
      Jittered: task({ Retry: [{ ...retry, MaxAttempts: 100, JitterStrategy: 'FULL' }] }),
    }
    const execution = await run(clients, { StartAt: 'Steady', States: states })
    await clock.tickAsync(3_600_000)

    expect((await execution.describe()).status).toBe('FAILED')
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0))
    expect(gaps.slice(0, 5)).toEqual([1000, 2000, 4000, 4000, 4000])
    const jittered = gaps.slice(6)
    expect(jittered).toHaveLength(100)
    expect(Math.max(...jittered)).toBeLessThanOrEqual(4000)
    expect(Math.min(...jittered)).toBeLessThan(2000)
    expect(new Set(jittered).size).toBeGreaterThan(50)
  })

  const hanging = (seconds: number, more: object = {}) => ({
    StartAt: 'Work',
    States: {
      Work: task({ TimeoutSeconds: seconds, ...more }),
      Wrong: { Type: 'Succeed' },
    },
  })

  it('are Lambda.Unknown where the function timed out before the task did', async () => {
    const clients = start({ work: () => new Promise(() => undefined) })
    const execution = await run(clients, hanging(60, { End: undefined, Next: 'Wrong' }))
    await clock.tickAsync(30_000)
    expect(await execution.describe()).toMatchObject({ error: 'Lambda.Unknown' })
  })

  it('are States.Timeout, and not States.TaskFailed, where the task timed out', async () => {
    const clients = start({ work: () => new Promise(() => undefined) })
    const caught = { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' }] }
    const execution = await run(clients, hanging(10, caught))
    await clock.tickAsync(10_000)
    expect(await execution.describe()).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
    const types = typesOf(await execution.history())
    expect(types.slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed'])
  })

  it('name a function that there is not', async () => {
    const clients = start({})
    const execution = await run(clients, { StartAt: 'Work', States: { Work: task() } })
    await clock.tickAsync(0)
    expect(await execution.describe()).toMatchObject({ error: 'Lambda.ResourceNotFoundException' })
  })
})

describe('StopExecution', () => {
  const definition = {
    StartAt: 'Work',
    States: {
      Work: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }] }),
      Rescue: task(),
    },
  }

  it('ends an execution at once, past every Catch, and says so on the bus', async () => {
    let calls = 0
    const clients = start({
      work: () => {
        calls += 1
        return new Promise(() => undefined)
      },
    })
    const execution = await run(clients, definition)
    await clock.tickAsync(0)
    await clients.sfn.send(
      new StopExecutionCommand({ executionArn: execution.arn, error: 'Stopped', cause: 'by me' }),
    )
    await clock.tickAsync(3_600_000)

    expect(await execution.describe()).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by me',
    })
    expect(calls).toBe(1)
    const types = typesOf(await execution.history())
    expect(types.slice(-2)).toEqual(['TaskStateAborted', 'ExecutionAborted'])
    expect(statuses()).toEqual(['RUNNING', 'ABORTED'])
    expect(events[1]).toMatchObject({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [execution.arn],
      detail: {
        executionArn: execution.arn,
        stateMachineArn: execution.stateMachineArn,
        name: 'run-1',
        input: '{}',
        output: null,
        error: 'Stopped',
        cause: 'by me',
      },
    })
  })

  it('ends one that waits to retry, and the function is not called again', async () => {
    let calls = 0
    const clients = start({
      work: () => {
        calls += 1
        throw failure('NotYet', 'not yet')
      },
    })
    const timers = clock.countTimers()
    const endless = task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 99_999_999 }] })
    const execution = await run(clients, { StartAt: 'Work', States: { Work: endless } })
    await clock.tickAsync(1500)
    expect(calls).toBe(2)
    await clients.sfn.send(new StopExecutionCommand({ executionArn: execution.arn }))
    await clock.tickAsync(3_600_000)
    expect(calls).toBe(2)
    expect((await execution.describe()).status).toBe('ABORTED')
    expect(clock.countTimers()).toBe(timers)
  })
})

describe('limits', () => {
  it('ends an execution as TIMED_OUT when its own time is over, even after a month', async () => {
    const clients = start({ work: () => undefined })
    const month = 31 * 24 * 3600
    const wait = { Type: 'Wait', Seconds: 20 * 24 * 3600 }
    const execution = await run(clients, {
      StartAt: 'First',
      TimeoutSeconds: month,
      States: { First: { ...wait, Next: 'Second' }, Second: { ...wait, End: true } },
    })
    await clock.tickAsync(month * 1000 - 1)
    expect((await execution.describe()).status).toBe('RUNNING')
    await clock.tickAsync(1)
    expect((await execution.describe()).status).toBe('TIMED_OUT')
    expect(statuses()).toEqual(['RUNNING', 'TIMED_OUT'])
  })

  it('fails an execution at its 25,000th event', async () => {
    const clients = start({})
    const execution = await run(clients, {
      StartAt: 'Loop',
      States: {
        Loop: {
          Type: 'Choice',
          Choices: [{ Variable: '$.over', IsPresent: true, Next: 'Over' }],
          Default: 'Loop',
        },
        Over: { Type: 'Succeed' },
      },
    })
    await clock.tickAsync(0)
    const { status, cause } = await execution.describe()
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('25000')])
    const history = aws.stepfunctions.state.execution(execution.arn).history.events()
    expect(history).toHaveLength(25_000)
    expect(history.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' })
  })

  it('fails a task whose result is too large, past every Retry and Catch', async () => {
    const clients = start({ work: () => 'x'.repeat(300 * 1024) })
    const caught = task({
      Retry: [{ ErrorEquals: ['States.ALL'] }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }],
    })
    const execution = await run(clients, {
      StartAt: 'Work',
      States: { Work: caught, Rescue: { Type: 'Succeed' } },
    })
    await clock.tickAsync(0)
    expect(await execution.describe()).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    })
  })
})

describe('StartExecution', () => {
  const definition = { StartAt: 'Work', States: { Work: tokenTask() } }

  it('gives the same execution for the same name and input while it runs, and refuses it after', async () => {
    const clients = start({ work: () => undefined })
    const first = await run(clients, definition, { a: 1 })
    const again = await run(clients, definition, { a: 1 })
    expect(again.arn).toBe(first.arn)
    const list = new ListExecutionsCommand({ stateMachineArn: first.stateMachineArn })
    expect((await clients.sfn.send(list)).executions).toHaveLength(1)
    const refused = { name: 'ExecutionAlreadyExists' }
    await expect(run(clients, definition, { a: 2 })).rejects.toMatchObject(refused)

    await clients.sfn.send(new StopExecutionCommand({ executionArn: first.arn }))
    await expect(run(clients, definition, { a: 1 })).rejects.toMatchObject(refused)
    await clock.tickAsync(91 * 24 * 3_600_000)
    expect((await run(clients, definition, { a: 1 })).arn).toBe(first.arn)
  })

  it('refuses a name that is too long or has foreign characters, and an input that is not JSON', async () => {
    const clients = start({ work: () => undefined })
    for (const name of ['x'.repeat(81), 'a b', 'a/b']) {
      const refused = run(clients, definition, {}, name)
      await expect(refused).rejects.toMatchObject({ name: 'InvalidName' })
    }
    const { stateMachineArn } = await run(clients, definition)
    const broken = new StartExecutionCommand({ stateMachineArn, input: '{' })
    await expect(clients.sfn.send(broken)).rejects.toMatchObject({ name: 'InvalidExecutionInput' })
  })
})

describe('GetExecutionHistory', () => {
  it('pages, and tells it backwards', async () => {
    const clients = start({ work: () => ({}) })
    const execution = await run(clients, { StartAt: 'Work', States: { Work: task() } })
    await clock.tickAsync(0)
    const ids: (number | undefined)[] = []
    let nextToken: string | undefined
    do {
      const page = await clients.sfn.send(
        new GetExecutionHistoryCommand({
          executionArn: execution.arn,
          maxResults: 3,
          reverseOrder: true,
          nextToken,
        }),
      )
      ids.push(...(page.events ?? []).map((event) => event.id))
      nextToken = page.nextToken
    } while (nextToken)
    expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1])
  })
})

describe('a definition', () => {
  const mapState = {
    Type: 'Map',
    ItemProcessor: { StartAt: 'B', States: { B: { Type: 'Pass', End: true } } },
    End: true,
  }
  const refusals: [string, object, RegExp][] = [
    ['is not a state machine', { StartAt: 'A', States: {} }, /Invalid State Machine Definition/],
    ['uses a Map state', { StartAt: 'A', States: { A: mapState } }, /Type Map.*\(state A\)/],
    [
      'calls another service',
      { StartAt: 'A', States: { A: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) } },
      /sqs:sendMessage.*\(state A\)/,
    ],
    [
      'wants heartbeats',
      { StartAt: 'A', States: { A: task({ HeartbeatSeconds: 5 }) } },
      /HeartbeatSeconds \(state A\)/,
    ],
  ]
  it.each(refusals)('that %s is refused', async (_, definition, message) => {
    const clients = start({})
    await expect(run(clients, definition)).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringMatching(message),
    })
  })

  it('may ask whether something is absent', async () => {
    const clients = start({})
    const choice = {
      Type: 'Choice',
      Choices: [{ Variable: '$.recover', IsPresent: false, Next: 'Fresh' }],
      Default: 'Recover',
    }
    const states = { Begin: choice, Fresh: { Type: 'Succeed' }, Recover: { Type: 'Fail' } }
    const fresh = await run(clients, { StartAt: 'Begin', States: states }, {}, 'fresh')
    const recover = await run(clients, { StartAt: 'Begin', States: states }, { recover: 'x' }, 'r')
    await clock.tickAsync(0)
    expect((await fresh.describe()).status).toBe('SUCCEEDED')
    expect((await recover.describe()).status).toBe('FAILED')
  })
})
