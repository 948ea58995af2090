import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
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

const DAY = 24 * 3_600_000

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

const task = (FunctionName: string, more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName, 'Payload.$': '$' },
  OutputPath: '$.Payload',
  ...more,
})

const definition = {
  StartAt: 'First',
  TimeoutSeconds: 20,
  States: {
    First: task('first', { Next: 'Second' }),
    Second: task('second', {
      Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['Hopeless'], ResultPath: '$.error', Next: 'Lost' }],
      Next: 'Over',
    }),
    Over: { Type: 'Succeed' },
    Lost: { Type: 'Fail', Error: 'Lost', CausePath: '$.said' },
  },
}

async function started(second: TestHandler) {
  const calls: string[] = []
  const handlers: Record<string, TestHandler> = {
    first: () => {
      calls.push('first')
      return { said: 'by first' }
    },
    second: (payload, context) => {
      calls.push('second')
      return second(payload, context)
    },
  }
  aws = createLocalAws({
    functions: handlersAsFunctions(handlers),
    ecs: { healthPoll: 2 ** 31 - 1 },
  })
  createMachineRole(aws)
  for (const name of Object.keys(handlers)) aws.lambda.createFunction(definitionOf(name))
  aws.eventbridge.onEvent((event) => events.push(event))
  const { sfn } = clientsOf(aws)
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn: MACHINE_ROLE,
    }),
  )
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run-1', input: '{}' }),
  )
  await clock.tickAsync(5_000)
  return {
    sfn,
    calls,
    stateMachineArn,
    executionArn,
    describe: () => sfn.send(new DescribeExecutionCommand({ executionArn })),
    stop: () => sfn.send(new StopExecutionCommand({ executionArn })),
    async redrive(clientToken?: string) {
      const answer = await sfn.send(new RedriveExecutionCommand({ executionArn, clientToken }))
      await clock.tickAsync(5_000)
      return answer
    },
    async types() {
      const { events: told } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }))
      return told?.map(({ type }) => type) ?? []
    },
  }
}

const never = () => new Promise(() => undefined)

describe('a redrive', () => {
  it('runs the state again that was stopped, with its input, and no state before it', async () => {
    const payloads: unknown[] = []
    const run = await started((payload) => {
      payloads.push(payload)
      return payloads.length === 1 ? never() : { said: 'by second' }
    })
    await run.stop()
    expect(await run.describe()).toMatchObject({
      status: 'ABORTED',
      redriveCount: 0,
      redriveStatus: 'REDRIVABLE',
    })
    await run.redrive()
    expect(await run.describe()).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"said":"by second"}',
      redriveCount: 1,
      redriveDate: expect.any(Date),
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    })
    expect(run.calls).toEqual(['first', 'second', 'second'])
    expect(payloads).toEqual([{ said: 'by first' }, { said: 'by first' }])
    const types = await run.types()
    expect(types.slice(types.indexOf('TaskStateAborted'))).toEqual([
      'TaskStateAborted',
      'ExecutionAborted',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ])
    const details = events.map(({ detail }) => detail as Record<string, unknown>)
    expect(details.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
      ['RUNNING', 0],
      ['ABORTED', 0],
      ['RUNNING', 1],
      ['SUCCEEDED', 1],
    ])
  })

  it('of an execution that ended in a Fail state enters that state again, and fails again', async () => {
    const run = await started(() => {
      throw failure('Hopeless', 'no')
    })
    expect(await run.describe()).toMatchObject({ status: 'FAILED', error: 'Lost' })
    await run.redrive()
    expect(await run.describe()).toMatchObject({
      status: 'FAILED',
      error: 'Lost',
      cause: 'by first',
      redriveCount: 1,
    })
    expect(run.calls).toEqual(['first', 'second'])
    expect((await run.types()).slice(-3)).toEqual([
      'ExecutionRedriven',
      'FailStateEntered',
      'ExecutionFailed',
    ])
  })

  it('counts retries and the execution’s own time anew', async () => {
    let fails = true
    const run = await started(() => {
      if (fails) throw failure('Flaky', 'again')
      return never()
    })
    expect(run.calls).toEqual(['first', 'second', 'second'])
    await run.redrive()
    expect(run.calls).toEqual(['first', 'second', 'second', 'second', 'second'])
    await clock.tickAsync(15_000)
    fails = false
    await run.redrive()
    await clock.tickAsync(14_999)
    expect((await run.describe()).status).toBe('RUNNING')
    await clock.tickAsync(1)
    expect((await run.describe()).status).toBe('TIMED_OUT')
  })

  it('goes by the definition that the execution began with', async () => {
    let answers = false
    const run = await started(() => (answers ? {} : never()))
    const other = { StartAt: 'Over', States: { Over: { Type: 'Succeed' } } }
    await run.sfn.send(
      new UpdateStateMachineCommand({
        stateMachineArn: run.stateMachineArn,
        definition: JSON.stringify(other),
      }),
    )
    await run.stop()
    answers = true
    await run.redrive()
    expect((await run.describe()).status).toBe('SUCCEEDED')
    expect(run.calls).toEqual(['first', 'second', 'second'])
    const listed = await run.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: run.stateMachineArn }),
    )
    expect(listed.executions).toMatchObject([{ name: 'run-1', redriveCount: 1 }])
  })

  it('hears no more of the function that was under way before', async () => {
    const { promise: late, resolve } = Promise.withResolvers<unknown>()
    let count = 0
    const run = await started(() => (++count === 1 ? late : never()))
    await run.stop()
    await run.redrive()
    resolve({ said: 'too late' })
    await clock.tickAsync(1_000)
    expect((await run.describe()).status).toBe('RUNNING')
  })

  it('is refused while it runs, after it succeeded, after 14 days and at the end of the history', async () => {
    let answers = false
    const run = await started(() => (answers ? {} : never()))
    const refused = (reason: string) =>
      expect(run.redrive()).rejects.toMatchObject({
        name: 'ExecutionNotRedrivable',
        message: reason,
      })
    await refused('Execution is RUNNING and cannot be redriven')
    await run.stop()
    await clock.tickAsync(14 * DAY)
    expect(await run.describe()).toMatchObject({ redriveStatus: 'REDRIVABLE' })
    await clock.tickAsync(1)
    await refused('Execution redrivable period exceeded')
    clock.setSystemTime(Date.now() - DAY)
    const execution = aws.stepfunctions.state.execution(run.executionArn)
    const spare = execution.history.events().length
    for (let n = spare; n < 24_999; n++) execution.history.append('TaskScheduled')
    await refused('Execution history event limit exceeded')
    expect(await run.describe()).toMatchObject({
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution history event limit exceeded',
    })
    answers = true
  })

  it('that is asked for twice with one token is one', async () => {
    const run = await started(never)
    await run.stop()
    const first = await run.redrive('one')
    expect(await run.redrive('one')).toMatchObject({ redriveDate: first.redriveDate })
    expect(await run.describe()).toMatchObject({ redriveCount: 1 })
    await expect(run.redrive('two')).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' })
  })
})
