import { join } from 'node:path'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import { createWorkerLoader } from '../../../local/services/lambda/index.ts'
import { clientsOf } from './clients.ts'

const STACK = new URL('../../fixtures/stack', import.meta.url).pathname

let aws: LocalAws
let url: string
let lines: string[]

beforeEach(async () => {
  lines = []
  aws = createLocalAws({ lambdaLog: (line) => lines.push(line) })
  url = (await aws.listen()).url
  await aws.deploy(STACK)
})

afterEach(() => aws.close())

async function invoke(payload: object) {
  const { lambda } = clientsOf(aws)
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: 'Sample-Work', Payload: JSON.stringify(payload) }),
  )
  return {
    functionError: answer.FunctionError,
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
  }
}

describe('a function from its asset', () => {
  it("runs in a thread with the template's environment, Lambda's own, and nothing of this process", async () => {
    const { payload, functionError } = await invoke({ a: 1, show: true })
    expect(functionError).toBeUndefined()
    expect(payload).toMatchObject({
      asked: { a: 1, show: true },
      name: 'Sample-Work',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:Sample-Work',
      environment: {
        TABLE_NAME: 'Sample-Records',
        AWS_LAMBDA_FUNCTION_NAME: 'Sample-Work',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: url,
      },
    })
    expect(payload.leftMs).toBeLessThanOrEqual(3000)
    expect(payload.environment).not.toHaveProperty('PATH')
    await vi.waitUntil(() => lines.length > 0)
    expect(lines[0]).toBe('Sample-Work asked {"a":1,"show":true}')
  })

  it('answers an error that it throws as Lambda does', async () => {
    const { payload, functionError } = await invoke({ throw: 'RouterRefused', message: 'no rule' })
    expect(functionError).toBe('Unhandled')
    expect(payload).toMatchObject({ errorType: 'RouterRefused', errorMessage: 'no rule' })
    expect(payload.trace[0]).toContain('no rule')
  })

  it('is killed when its time is over, and the next invocation gets a fresh one', async () => {
    const { payload } = await invoke({ hang: true })
    expect(payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 3.00 seconds$/),
    })
    expect((await invoke({ b: 2 })).payload.asked).toEqual({ b: 2 })
  })

  it('fails the invocation in which it ends its process', async () => {
    const { payload } = await invoke({ exit: true })
    expect(payload.errorType).toBe('Runtime.ExitError')
    expect(payload.errorMessage).toContain('exit status 3')
    expect((await invoke({ b: 2 })).payload.asked).toEqual({ b: 2 })
  })

  it('takes more invocations than it has workers, and counts no time that they wait', async () => {
    const asked = [{ hang: true }, { hang: true }, { n: 1 }, { n: 2 }]
    const answers = await Promise.all(asked.map((payload) => invoke(payload)))
    expect(answers.map(({ payload }) => payload.errorType ?? payload.asked.n)).toEqual([
      'Sandbox.Timedout',
      'Sandbox.Timedout',
      1,
      2,
    ])
  })
})

it('a worker without work ends, and the next invocation starts another one', async () => {
  const load = createWorkerLoader({ log: () => undefined, environmentOf: () => ({}), idleMs: 1 })
  const loaded = load({
    name: 'work',
    assetPath: join(STACK, 'asset.work'),
    handler: 'index.handler',
    environment: {},
    timeoutMs: 1000,
    memoryMegabytes: 128,
    mayLog: () => true,
  })
  const threads = () => process.getActiveResourcesInfo().filter((one) => one === 'MessagePort')
  const before = threads().length
  const context = {
    requestId: 'one',
    deadline: Date.now() + 1000,
    signal: new AbortController().signal,
  }
  expect(await loaded.invoke({ n: 1 }, context)).toMatchObject({ asked: { n: 1 } })
  expect(threads().length).toBeGreaterThan(before)
  await vi.waitUntil(() => threads().length === before)
  expect(await loaded.invoke({ n: 2 }, context)).toMatchObject({ asked: { n: 2 } })
  await loaded.close()
})

it('closing waits for no answer that is on its way', async () => {
  const load = createWorkerLoader({ log: () => undefined, environmentOf: () => ({}) })
  const loaded = load({
    name: 'work',
    assetPath: join(STACK, 'asset.work'),
    handler: 'index.handler',
    environment: {},
    timeoutMs: 1000,
    memoryMegabytes: 128,
    mayLog: () => true,
  })
  const signal = new AbortController().signal
  const context = { requestId: 'one', deadline: Date.now() + 1000, signal }
  await loaded.invoke({ n: 1 }, context)
  const answer = loaded.invoke({ n: 2 }, context)
  // The worker answers while this thread is busy: its message is taken up only after the close has begun.
  const busyUntil = Date.now() + 50
  while (Date.now() < busyUntil);
  await loaded.close()
  expect(await answer).toMatchObject({ asked: { n: 2 } })
})

it('a function says so where local AWS does not listen', async () => {
  await aws.close()
  aws = createLocalAws()
  await aws.deploy(STACK)
  const { payload } = await invoke({})
  expect(payload.errorMessage).toContain('call listen() before functions are invoked')
})
