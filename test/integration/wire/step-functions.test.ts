import * as sdk from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createStepFunctions } from '../../../local/services/stepfunctions/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const task = (name: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: name, Payload: { 'token.$': '$$.Task.Token' } },
  TimeoutSeconds: 3600,
  End: true,
})

describe.each(transports)('Step Functions %s', (transport) => {
  const tokens: string[] = []
  const stepfunctions = createStepFunctions({
    lambda: {
      invoke: async (_, payload) => {
        tokens.push((payload as { token: string }).token)
        return { kind: 'returned', payload: 'null' }
      },
    },
    publish: vi.fn(),
  })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.SFNClient
  let stateMachineArn = ''
  const arns = { first: '', second: '', third: '' }

  beforeAll(async () => {
    opened = await openTransport(transport, [stepfunctions])
    client = new sdk.SFNClient(opened.config)
  })
  afterAll(() => {
    stepfunctions.close()
    return opened.close()
  })

  const start = async (name: string) =>
    (await client.send(new sdk.StartExecutionCommand({ stateMachineArn, name, input: '{"a":1}' })))
      .executionArn ?? ''
  const statusOf = async (executionArn: string) =>
    (await client.send(new sdk.DescribeExecutionCommand({ executionArn }))).status
  const history = (executionArn: string, more: object = {}) =>
    client.send(new sdk.GetExecutionHistoryCommand({ executionArn, ...more }))

  const calls: Record<string, () => Promise<void>> = {
    CreateStateMachine: async () => {
      const definition = JSON.stringify({ StartAt: 'Wait', States: { Wait: task('work') } })
      const create = (more: object) =>
        client.send(
          new sdk.CreateStateMachineCommand({
            name: 'machine',
            definition,
            roleArn: 'arn:aws:iam::123456789012:role/machine',
            ...more,
          }),
        )
      stateMachineArn = (await create({})).stateMachineArn ?? ''
      expect(stateMachineArn).toBe('arn:aws:states:us-east-1:123456789012:stateMachine:machine')
      await expect(create({ definition: '{}' })).rejects.toThrow(sdk.StateMachineAlreadyExists)
      const express = create({ name: 'express', type: 'EXPRESS' })
      await expect(express).rejects.toThrow(/does not have express workflows/)
      await expect(create({ publish: true })).rejects.toThrow(/publish/)
    },
    DescribeStateMachine: async () => {
      const command = new sdk.DescribeStateMachineCommand({ stateMachineArn })
      expect(await client.send(command)).toMatchObject({ type: 'STANDARD', status: 'ACTIVE' })
      const other = new sdk.DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}x` })
      await expect(client.send(other)).rejects.toThrow(sdk.StateMachineDoesNotExist)
    },
    ListStateMachines: async () => {
      const { stateMachines } = await client.send(new sdk.ListStateMachinesCommand({}))
      expect(stateMachines?.map((machine) => machine.name)).toEqual(['machine'])
    },
    StartExecution: async () => {
      arns.first = await start('first')
      expect(arns.first).toBe('arn:aws:states:us-east-1:123456789012:execution:machine:first')
      arns.second = await start('second')
      arns.third = await start('third')
      await vi.waitUntil(() => tokens.length === 3)
    },
    SendTaskHeartbeat: async () => {
      await client.send(new sdk.SendTaskHeartbeatCommand({ taskToken: tokens[0] }))
      expect(await statusOf(arns.first)).toBe('RUNNING')
    },
    SendTaskSuccess: async () => {
      const answer = { taskToken: tokens[0], output: '{"ok":true}' }
      await client.send(new sdk.SendTaskSuccessCommand(answer))
      await vi.waitUntil(async () => (await statusOf(arns.first)) === 'SUCCEEDED')
      const late = client.send(new sdk.SendTaskSuccessCommand(answer))
      await expect(late).rejects.toThrow(sdk.TaskTimedOut)
    },
    SendTaskFailure: async () => {
      await client.send(new sdk.SendTaskFailureCommand({ taskToken: tokens[1], error: 'No' }))
      await vi.waitUntil(async () => (await statusOf(arns.second)) === 'FAILED')
    },
    StopExecution: async () => {
      const stop = new sdk.StopExecutionCommand({ executionArn: arns.third, cause: 'by hand' })
      expect((await client.send(stop)).stopDate).toBeInstanceOf(Date)
    },
    DescribeExecution: async () => {
      const command = new sdk.DescribeExecutionCommand({ executionArn: arns.third })
      const described = await client.send(command)
      expect(described).toMatchObject({ status: 'ABORTED', cause: 'by hand', input: '{"a":1}' })
      expect(described.startDate).toBeInstanceOf(Date)
      const other = new sdk.DescribeExecutionCommand({ executionArn: `${arns.third}x` })
      await expect(client.send(other)).rejects.toThrow(sdk.ExecutionDoesNotExist)
    },
    ListExecutions: async () => {
      const list = (more: object) =>
        client.send(new sdk.ListExecutionsCommand({ stateMachineArn, ...more }))
      const names = (await list({})).executions?.map((execution) => execution.name)
      expect(names).toEqual(['third', 'second', 'first'])
      const failed = await list({ statusFilter: 'FAILED' })
      expect(failed.executions?.map((execution) => execution.name)).toEqual(['second'])
      const page = await list({ maxResults: 2 })
      const rest = await list({ maxResults: 2, nextToken: page.nextToken })
      expect(rest.executions?.map((execution) => execution.name)).toEqual(['first'])
    },
    UpdateStateMachine: async () => {
      const roleArn = 'arn:aws:iam::123456789012:role/other'
      await client.send(new sdk.UpdateStateMachineCommand({ stateMachineArn, roleArn }))
      const command = new sdk.DescribeStateMachineCommand({ stateMachineArn })
      const described = await client.send(command)
      expect(described.roleArn).toBe(roleArn)
      expect(described.definition).toContain('StartAt')
      const broken = { stateMachineArn, definition: '{}' }
      await expect(client.send(new sdk.UpdateStateMachineCommand(broken))).rejects.toThrow(
        sdk.InvalidDefinition,
      )
    },
    DeleteStateMachine: async () => {
      const name = 'short-lived'
      const { definition, roleArn } = await client.send(
        new sdk.DescribeStateMachineCommand({ stateMachineArn }),
      )
      const made = await client.send(
        new sdk.CreateStateMachineCommand({ name, definition, roleArn }),
      )
      const command = new sdk.DeleteStateMachineCommand(made)
      await client.send(command)
      await client.send(command)
      const { stateMachines } = await client.send(new sdk.ListStateMachinesCommand({}))
      expect(stateMachines?.map((machine) => machine.name)).toEqual(['machine'])
    },
    GetExecutionHistory: async () => {
      const { events = [] } = await history(arns.first)
      expect(events.map((event) => event.type)).toEqual([
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskSubmitted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ])
      expect(events[0]?.timestamp).toBeInstanceOf(Date)
      expect(events[0]?.executionStartedEventDetails?.input).toBe('{"a":1}')
      const bare = await history(arns.first, { includeExecutionData: false, maxResults: 1 })
      expect(bare.events?.[0]?.executionStartedEventDetails?.input).toBeUndefined()
    },
    RedriveExecution: async () => {
      const redrive = (executionArn: string) =>
        client.send(new sdk.RedriveExecutionCommand({ executionArn }))
      expect((await redrive(arns.third)).redriveDate).toBeInstanceOf(Date)
      expect(await statusOf(arns.third)).toBe('RUNNING')
      await expect(redrive(arns.first)).rejects.toThrow(sdk.ExecutionNotRedrivable)
      await expect(redrive(`${arns.first}x`)).rejects.toThrow(sdk.ExecutionDoesNotExist)
    },
  }

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('no served operation is left out', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(stepfunctions.operations).sort())
    for (const name of Object.keys(calls)) expect(opened.called).toContain(`stepfunctions:${name}`)
  })

  test('another operation is refused', async () => {
    const other = new sdk.StartSyncExecutionCommand({ stateMachineArn })
    const refusal = 'local AWS does not have stepfunctions:StartSyncExecution'
    await expect(
      new sdk.SFNClient({ ...opened.config, disableHostPrefix: true }).send(other),
    ).rejects.toThrow(refusal)
  })
})
