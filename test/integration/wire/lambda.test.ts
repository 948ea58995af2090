import * as sdk from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createLambda } from '../../../local/services/lambda/index.ts'
import { createSqs } from '../../../local/services/sqs/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'
import { definitionOf, failure, handlersAsFunctions } from '../local/functions.ts'

describe.each(transports)('Lambda %s', (transport) => {
  const seen: unknown[] = []
  const lambda = createLambda({
    loader: handlersAsFunctions({
      work: (payload) => {
        seen.push(payload)
        if ((payload as { fail?: boolean }).fail) throw failure('Broken', 'as asked')
        return { got: payload }
      },
    }),
    sqs: createSqs(),
    streams: { subscribe: () => () => undefined },
    onLost: () => undefined,
  })
  const record = lambda.createFunction(definitionOf('work'))
  lambda.createEventSourceMapping({
    eventSourceArn: 'arn:stream',
    functionName: 'work',
    batchSize: 7,
    maximumBatchingWindowSeconds: 0,
    filters: [],
    reportBatchItemFailures: false,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: 0,
    maximumRecordAgeSeconds: -1,
  })
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.LambdaClient

  beforeAll(async () => {
    opened = await openTransport(transport, [lambda])
    client = new sdk.LambdaClient(opened.config)
  })
  afterAll(async () => {
    await opened.close()
    await lambda.close()
  })

  const invoke = (payload: string, more: Partial<sdk.InvokeCommandInput> = {}) =>
    client.send(new sdk.InvokeCommand({ FunctionName: 'work', Payload: payload, ...more }))
  const text = (answer: sdk.InvokeCommandOutput) => Buffer.from(answer.Payload ?? []).toString()

  const permission = {
    FunctionName: 'work',
    StatementId: 'rule',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:rule',
  }

  const calls: Record<string, () => Promise<void>> = {
    Invoke: async () => {
      const answer = await invoke('{"a":1}')
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
      expect(answer.FunctionError).toBeUndefined()
      expect(JSON.parse(text(answer))).toEqual({ got: { a: 1 } })

      const failed = await invoke('{"fail":true}', { FunctionName: record.arn })
      expect(failed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
      expect(JSON.parse(text(failed))).toMatchObject({
        errorType: 'Broken',
        errorMessage: 'as asked',
      })

      expect((await invoke('{"b":2}', { InvocationType: 'Event' })).StatusCode).toBe(202)
      await vi.waitUntil(() => seen.length === 3)
      expect(seen[2]).toEqual({ b: 2 })
      expect((await invoke('{}', { InvocationType: 'DryRun' })).StatusCode).toBe(204)
      expect(seen).toHaveLength(3)

      const absent = invoke('{}', { FunctionName: 'wor' })
      await expect(absent).rejects.toThrow(sdk.ResourceNotFoundException)
      await expect(invoke('{')).rejects.toThrow(sdk.InvalidRequestContentException)
    },
    GetFunction: async () => {
      const answer = await client.send(new sdk.GetFunctionCommand({ FunctionName: 'work' }))
      expect(answer.Configuration?.FunctionArn).toBe(record.arn)
      expect(answer.Code?.Location).toBe('file:///nowhere')
    },
    GetFunctionConfiguration: async () => {
      const command = new sdk.GetFunctionConfigurationCommand({ FunctionName: 'work' })
      expect(await client.send(command)).toMatchObject({ Timeout: 30, Handler: 'index.handler' })
    },
    ListFunctions: async () => {
      const { Functions } = await client.send(new sdk.ListFunctionsCommand({}))
      expect(Functions?.map((one) => one.FunctionName)).toEqual(['work'])
    },
    AddPermission: async () => {
      const { Statement } = await client.send(new sdk.AddPermissionCommand(permission))
      expect(JSON.parse(Statement ?? '')).toEqual({
        Sid: 'rule',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: record.arn,
        Condition: { ArnLike: { 'AWS:SourceArn': 'arn:rule' } },
      })
      const again = client.send(new sdk.AddPermissionCommand(permission))
      await expect(again).rejects.toThrow(sdk.ResourceConflictException)
    },
    GetPolicy: async () => {
      const { Policy } = await client.send(new sdk.GetPolicyCommand({ FunctionName: 'work' }))
      expect(JSON.parse(Policy ?? '').Statement).toMatchObject([{ Sid: 'rule' }])
    },
    RemovePermission: async () => {
      const { FunctionName, StatementId } = permission
      const command = new sdk.RemovePermissionCommand({ FunctionName, StatementId })
      await client.send(command)
      await expect(client.send(command)).rejects.toThrow(sdk.ResourceNotFoundException)
      const policy = client.send(new sdk.GetPolicyCommand({ FunctionName }))
      await expect(policy).rejects.toThrow(sdk.ResourceNotFoundException)
    },
    ListEventSourceMappings: async () => {
      const command = new sdk.ListEventSourceMappingsCommand({ FunctionName: 'work' })
      const { EventSourceMappings } = await client.send(command)
      expect(EventSourceMappings).toMatchObject([{ EventSourceArn: 'arn:stream', BatchSize: 7 }])
    },
  }

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('no served operation is left out', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(lambda.operations).sort())
    for (const name of Object.keys(calls)) expect(opened.called).toContain(`lambda:${name}`)
  })

  test('another operation is refused', async () => {
    const other = new sdk.DeleteFunctionCommand({ FunctionName: 'work' })
    await expect(client.send(other)).rejects.toThrow(
      'local AWS does not have lambda:DeleteFunction',
    )
  })
})
