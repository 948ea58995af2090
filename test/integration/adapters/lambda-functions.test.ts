import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLambdas } from '../../../adapters/lambda-functions.ts'
import { ProviderError, TransientError } from '../../../core/errors.ts'
import { createLambda } from '../../../local/services/lambda/index.ts'
import { createSqs } from '../../../local/services/sqs/index.ts'
import { openTransport } from '../../fixtures/wire-transports.ts'
import { definitionOf, failure, handlersAsFunctions } from '../local/functions.ts'

const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`

describe('functions of a team', () => {
  const hangs = Promise.withResolvers<void>()
  const lambda = createLambda({
    loader: handlersAsFunctions({
      opinion: (payload) => ({ status: 'pass', got: payload }),
      broken: () => {
        throw failure('TypeError', 'x is undefined')
      },
      slow: () => hangs.promise,
    }),
    sqs: createSqs(),
    streams: { subscribe: () => () => undefined },
    onLost: () => undefined,
  })
  for (const name of ['opinion', 'broken', 'slow']) lambda.createFunction(definitionOf(name))
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: LambdaClient

  beforeAll(async () => {
    opened = await openTransport('in process', [lambda])
    client = new LambdaClient({ ...opened.config, maxAttempts: 1 })
  })
  afterAll(async () => {
    hangs.resolve()
    await opened.close()
    await lambda.close()
  })

  it('are sent JSON and answer JSON', async () => {
    const payload = { id: 'web-1/check/ü', numbers: { a: 1.5 } }
    expect(await createLambdas(client).invoke(arn('opinion'), payload, 5_000)).toEqual({
      kind: 'answered',
      payload: { status: 'pass', got: payload },
    })
  })

  it('that throw have failed, with what they threw', async () => {
    expect(await createLambdas(client).invoke(arn('broken'), {}, 5_000)).toEqual({
      kind: 'failed',
      reason: 'failed: TypeError: x is undefined',
    })
  })

  it('that do not answer in time have failed', async () => {
    expect(await createLambdas(client).invoke(arn('slow'), {}, 20)).toEqual({
      kind: 'failed',
      reason: 'did not answer within 0.02 s',
    })
  })

  it('that are not there are named', async () => {
    const invoked = createLambdas(client).invoke(arn('nobody'), {}, 5_000)
    await expect(invoked).rejects.toThrow(ProviderError)
    await expect(invoked).rejects.toThrow(`there is no function ${arn('nobody')}; create it or`)
  })

  it.each([
    [
      'AccessDeniedException',
      403,
      ProviderError,
      /may not be invoked: .*; allow lambda:InvokeFunc/,
    ],
    ['TooManyRequestsException', 429, TransientError, /^Lambda Invoke \(arn.*\) got no answer/],
    ['ServiceException', 500, TransientError, /^Lambda Invoke \(arn.*\) got no answer/],
  ])('refused by %s are an error of its kind', async (name, httpStatusCode, type, message) => {
    const refusing = new LambdaClient(opened.config)
    refusing.middlewareStack.add(
      () => async () => {
        throw Object.assign(failure(name, 'no'), { $metadata: { httpStatusCode } })
      },
      { step: 'initialize' },
    )
    const invoked = createLambdas(refusing).invoke(arn('opinion'), {}, 5_000)
    await expect(invoked).rejects.toThrow(type)
    await expect(invoked).rejects.toThrow(message)
  })
})
