import FakeTimers from '@sinonjs/fake-timers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import type { QueueMappingDefinition } from '../../../local/services/lambda/queue-mapping.ts'
import { definitionOf, failure, handlersAsFunctions, type TestHandler } from './functions.ts'

const WORK = 'arn:aws:sqs:us-east-1:123456789012:work'
const GIVEN_UP = 'arn:aws:sqs:us-east-1:123456789012:given-up'

let clock: ReturnType<typeof FakeTimers.install>
let aws: LocalAws

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

interface Message {
  readonly messageId: string
  readonly body: string
  readonly attributes: Readonly<Record<string, string>>
}

const recordsOf = (payload: unknown) => (payload as { Records: Message[] }).Records
const createQueue = (QueueName: string, Attributes: Record<string, string>) =>
  aws.sqs.operations.CreateQueue?.({ QueueName, Attributes } as never, { requestId: '' })

async function start(
  handler: TestHandler,
  mapping: Partial<QueueMappingDefinition> = {},
  attributes: Record<string, string> = {},
) {
  aws = createLocalAws({ functions: handlersAsFunctions({ work: handler }) })
  aws.lambda.createFunction(definitionOf('work'))
  await createQueue('given-up', {})
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: GIVEN_UP, maxReceiveCount: 3 })
  await createQueue('work', { VisibilityTimeout: '180', RedrivePolicy, ...attributes })
  aws.lambda.createQueueMapping({
    eventSourceArn: WORK,
    functionName: 'work',
    batchSize: 1,
    reportBatchItemFailures: false,
    ...mapping,
  })
}

const waiting = (arn: string) => aws.sqs.queues.get(arn).messages

describe('a queue in front of a function', () => {
  it('hands a message over when it comes, as Lambda writes it, and forgets it when it passed', async () => {
    const payloads: unknown[] = []
    await start((payload) => void payloads.push(payload))
    aws.sqs.deliver(WORK, '{"a":1}', { Why: 'test' })
    await clock.tickAsync(0)
    expect(payloads).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: '{"a":1}',
            attributes: {
              SentTimestamp: String(Date.now()),
              ApproximateReceiveCount: '1',
              ApproximateFirstReceiveTimestamp: String(Date.now()),
            },
            messageAttributes: { Why: { dataType: 'String', stringValue: 'test' } },
            md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
            eventSource: 'aws:sqs',
            eventSourceARN: WORK,
            awsRegion: 'us-east-1',
          },
        ],
      },
    ])
    expect(waiting(WORK)).toEqual([])
  })

  it('hands a failed message over again after the visibility timeout, while others pass', async () => {
    const seen: [string, string | undefined, number][] = []
    const begin = Date.now()
    await start((payload) => {
      for (const { body, attributes } of recordsOf(payload)) {
        seen.push([body, attributes.ApproximateReceiveCount, (Date.now() - begin) / 1000])
        if (body === 'bad' && attributes.ApproximateReceiveCount === '1') throw failure('Bad', 'no')
      }
    })
    aws.sqs.deliver(WORK, 'bad')
    aws.sqs.deliver(WORK, 'good')
    await clock.tickAsync(600_000)
    expect(seen).toEqual([
      ['bad', '1', 0],
      ['good', '1', 0],
      ['bad', '2', 180],
    ])
    expect(waiting(WORK)).toEqual([])
  })

  it('gives a message up to the dead-letter queue after so many receives, and tells from where', async () => {
    let calls = 0
    await start(() => {
      calls++
      throw failure('Bad', 'no')
    })
    aws.sqs.deliver(WORK, 'bad')
    await clock.tickAsync(539_000)
    expect([calls, waiting(WORK).length, waiting(GIVEN_UP).length]).toEqual([3, 1, 0])
    await clock.tickAsync(1_000)
    expect([calls, waiting(WORK).length]).toEqual([3, 0])
    expect(waiting(GIVEN_UP)).toMatchObject([{ body: 'bad', receives: 0, deadLetterSource: WORK }])
  })

  it('forgets a message that is older than the queue keeps any', async () => {
    let calls = 0
    const handler = () => {
      calls++
      throw failure('Bad', 'no')
    }
    await start(handler, {}, { MessageRetentionPeriod: '200' })
    aws.sqs.deliver(WORK, 'bad')
    await clock.tickAsync(3_600_000)
    expect([calls, waiting(WORK).length, waiting(GIVEN_UP).length]).toEqual([2, 0, 0])
  })

  it('takes as many at once as the batch size says, and those that failed alone again', async () => {
    const batches: string[][] = []
    const handler: TestHandler = (payload) => {
      const records = recordsOf(payload)
      batches.push(records.map(({ body }) => body))
      const failed = records.filter(({ body }) => body === 'b' && batches.length === 1)
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
    }
    aws = createLocalAws({ functions: handlersAsFunctions({ work: handler }) })
    aws.lambda.createFunction(definitionOf('work'))
    await createQueue('work', { VisibilityTimeout: '60' })
    for (const body of ['a', 'b', 'c']) aws.sqs.deliver(WORK, body)
    aws.lambda.createQueueMapping({
      eventSourceArn: WORK,
      functionName: 'work',
      batchSize: 2,
      reportBatchItemFailures: true,
    })
    await clock.tickAsync(60_000)
    expect(batches).toEqual([['a', 'b'], ['c'], ['b']])
    expect(waiting(WORK)).toEqual([])
  })

  it('is not caught in a queue that was set to hide nothing', async () => {
    let calls = 0
    await start(() => void calls++)
    const input = { QueueUrl: WORK, Attributes: { VisibilityTimeout: '0' } }
    await aws.sqs.operations.SetQueueAttributes?.(input as never, { requestId: '' })
    aws.sqs.deliver(WORK, 'one')
    await clock.tickAsync(10)
    expect(calls).toBeGreaterThan(0)
    await clock.tickAsync(180_000)
    expect(waiting(WORK)).toEqual([])
  })

  it('hands nothing over once it is closed', async () => {
    let calls = 0
    await start(() => {
      calls++
      throw failure('Bad', 'no')
    })
    aws.sqs.deliver(WORK, 'bad')
    await clock.tickAsync(0)
    await aws.close()
    aws.sqs.deliver(WORK, 'more')
    await clock.tickAsync(600_000)
    expect(calls).toBe(1)
    expect(clock.countTimers()).toBe(0)
  })

  it('is refused where messages would come again while the function still runs', async () => {
    const short = start(() => undefined, {}, { VisibilityTimeout: '29' })
    await expect(short).rejects.toThrow(/visibility timeout: 29 .* less than .*: 30 seconds/)
  })

  it.each([
    ['that is no JSON', '{', /RedrivePolicy/],
    ['without a queue', '{"maxReceiveCount":3}', /deadLetterTargetArn must be/],
    [
      'to a queue that is not there',
      `{"deadLetterTargetArn":"${WORK}x","maxReceiveCount":3}`,
      /workx does not exist/,
    ],
    [
      'after no receive',
      `{"deadLetterTargetArn":"${GIVEN_UP}","maxReceiveCount":0}`,
      /from 1 to 1000/,
    ],
  ])('has no redrive %s', async (_, RedrivePolicy, message) => {
    await expect(start(() => undefined, {}, { RedrivePolicy })).rejects.toThrow(message)
  })
})
