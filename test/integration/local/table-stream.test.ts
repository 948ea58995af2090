import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import FakeTimers from '@sinonjs/fake-timers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalAws, type LocalAws } from '../../../local/aws.ts'
import type { StreamRecord } from '../../../local/services/dynamodb/index.ts'
import type { MappingDefinition } from '../../../local/services/lambda/event-source-mapping.ts'
import { clientsOf } from './clients.ts'
import { definitionOf, failure, handlersAsFunctions, type TestHandler } from './functions.ts'

const TableName = 'records'
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:dead-letters'

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

async function start(handler: TestHandler, mapping: Partial<MappingDefinition> = {}) {
  aws = createLocalAws({ functions: handlersAsFunctions({ work: handler }) })
  clients = clientsOf(aws)
  aws.lambda.createFunction(definitionOf('work'))
  await aws.sqs.operations.CreateQueue?.({ QueueName: 'dead-letters' } as never, { requestId: '' })
  const created = await clients.dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'Canary', AttributeType: 'S' },
        { AttributeName: 'Record', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'Canary', KeyType: 'HASH' },
        { AttributeName: 'Record', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  aws.lambda.createEventSourceMapping({
    eventSourceArn: created.TableDescription?.LatestStreamArn ?? '',
    functionName: 'work',
    batchSize: 10,
    maximumBatchingWindowSeconds: 0,
    filters: [],
    reportBatchItemFailures: false,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: 3,
    maximumRecordAgeSeconds: -1,
    ...mapping,
  })
}

const key = (name: string, record = 'state') => ({ Canary: { S: name }, Record: { S: record } })
const put = (name: string, record = 'state', more: object = {}) =>
  clients.dynamodb.send(new PutItemCommand({ TableName, Item: { ...key(name, record), ...more } }))
const set = (name: string, value: string, more: object = {}) =>
  clients.dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: key(name),
      UpdateExpression: 'SET Revision = :r',
      ExpressionAttributeValues: { ':r': { S: value } },
      ...more,
    }),
  )
const recordsOf = (payload: unknown) => (payload as { Records: StreamRecord[] }).Records
const collect = (into: StreamRecord[]) => (payload: unknown) =>
  void into.push(...recordsOf(payload))

describe('the stream of a table', () => {
  it('has a record with both images for every write that changes something', async () => {
    const records: StreamRecord[] = []
    await start(collect(records))
    await put('api')
    await put('api')
    await set('api', 'app:1')
    await set('api', 'app:1')
    await set('api', 'app:2', { ReturnValues: 'UPDATED_OLD' })
    const Delete = new DeleteItemCommand({ TableName, Key: key('api') })
    await clients.dynamodb.send(Delete)
    await clients.dynamodb.send(Delete)
    await clock.tickAsync(0)

    const { dynamodb } = records[0] as StreamRecord
    const table = await clients.dynamodb.send(new DescribeTableCommand({ TableName }))
    expect(records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: table.Table?.LatestStreamArn,
      dynamodb: { Keys: key('api'), NewImage: key('api'), StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    expect(dynamodb).not.toHaveProperty('OldImage')
    expect(records.map((record) => record.eventName)).toEqual([
      'INSERT',
      'MODIFY',
      'MODIFY',
      'REMOVE',
    ])
    expect(records[2]?.dynamodb).toMatchObject({
      OldImage: { Revision: { S: 'app:1' } },
      NewImage: { Revision: { S: 'app:2' } },
    })
    const sequence = records.map((record) => record.dynamodb.SequenceNumber)
    expect(sequence).toEqual([...sequence].sort())
    expect(new Set(sequence).size).toBe(4)
  })

  it.each([[{ Canary: { S: 'api' } }], [{ Canary: { N: '1' }, Record: { S: 'state' } }]])(
    'has none for an item of the key %j, which is refused',
    async (Item) => {
      const records: StreamRecord[] = []
      await start(collect(records))
      const written = clients.dynamodb.send(new PutItemCommand({ TableName, Item }))
      await expect(written).rejects.toMatchObject({ name: 'ValidationException' })
      await clock.tickAsync(0)
      expect(records).toEqual([])
    },
  )

  it('keeps the order of writes that come at once, each with the images of its own', async () => {
    const records: StreamRecord[] = []
    await start(collect(records))
    await Promise.all(Array.from({ length: 50 }, (_, index) => set('api', `app:${index}`)))
    await clients.dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: key('web') } },
            { DeleteRequest: { Key: key('api') } },
          ],
        },
      }),
    )
    await clock.tickAsync(0)
    expect(records).toHaveLength(52)
    const images = records.map((record) => record.dynamodb)
    images.slice(1, 50).forEach((image, index) => {
      expect(image.OldImage).toEqual(images[index]?.NewImage)
    })
    expect(records.slice(50).map((record) => record.eventName)).toEqual(['INSERT', 'REMOVE'])
  })

  it('has nothing of a write that its condition refused', async () => {
    const records: StreamRecord[] = []
    await start(collect(records))
    await put('api', 'state', { Revision: { S: 'app:1' } })
    const refused = set('api', 'app:2', {
      ConditionExpression: 'attribute_not_exists(Revision)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    await expect(refused).rejects.toBeInstanceOf(ConditionalCheckFailedException)
    await expect(refused).rejects.toMatchObject({ Item: { Revision: { S: 'app:1' } } })
    await clock.tickAsync(0)
    expect(records).toHaveLength(1)
  })
})

describe('an event source mapping', () => {
  it('hands over only what its filter passes', async () => {
    const records: StreamRecord[] = []
    const filter = { dynamodb: { Keys: { Record: { S: ['state', 'definition'] } } } }
    await start(collect(records), { filters: [filter] })
    await put('api', 'rollout#1')
    await put('api', 'definition')
    await put('api', 'state')
    await clock.tickAsync(0)
    expect(records.map((record) => record.dynamodb.Keys.Record)).toEqual([
      { S: 'definition' },
      { S: 'state' },
    ])
  })

  it('holds everything back behind a batch that fails, and goes on in order', async () => {
    const batches: unknown[][] = []
    await start((payload) => {
      batches.push(recordsOf(payload).map((record) => record.dynamodb.Keys.Canary))
      if (batches.length < 3) throw failure('Transient', 'not now')
    })
    await put('a')
    await clock.tickAsync(500)
    await put('b')
    await clock.tickAsync(60_000)
    expect(batches).toEqual([[{ S: 'a' }], [{ S: 'a' }], [{ S: 'a' }], [{ S: 'b' }]])
  })

  it('tries again from the first record that the function reported', async () => {
    const batches: string[][] = []
    await start(
      (payload) => {
        const records = recordsOf(payload)
        batches.push(records.map((record) => record.dynamodb.Keys.Canary as never))
        const bad = batches.length === 2 ? records[1] : undefined
        return {
          batchItemFailures: bad ? [{ itemIdentifier: bad.dynamodb.SequenceNumber }] : [],
        }
      },
      { reportBatchItemFailures: true, maximumBatchingWindowSeconds: 1 },
    )
    await put('first')
    await clock.tickAsync(1000)
    for (const name of ['a', 'b', 'c']) await put(name)
    await clock.tickAsync(60_000)
    expect(batches).toEqual([
      [{ S: 'first' }],
      [{ S: 'a' }, { S: 'b' }, { S: 'c' }],
      [{ S: 'b' }, { S: 'c' }],
    ])
  })

  it('splits a batch down to the record that fails, gives that up to the queue, and passes the others', async () => {
    const passed: unknown[] = []
    await start(
      (payload) => {
        const names = recordsOf(payload).map(
          (record) => (record.dynamodb.Keys.Canary as { S: string }).S,
        )
        if (names.includes('poison')) throw failure('Broken', 'poison')
        passed.push(...names)
      },
      {
        bisectBatchOnFunctionError: true,
        maximumBatchingWindowSeconds: 1,
        onFailure: QUEUE,
      },
    )
    for (const name of ['a', 'b', 'poison', 'c']) await put(name)
    await clock.tickAsync(600_000)
    expect(passed).toEqual(['a', 'b', 'c'])
    const queue = aws.sqs.queues.get(QUEUE)
    expect(queue.messages.map((message) => JSON.parse(message.body))).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted' },
        DDBStreamBatchInfo: { batchSize: 1 },
      },
    ])
  })
})

describe('a table without a stream', () => {
  it('is read and written, and an operation that is not there is refused', async () => {
    await start(() => undefined)
    await put('api')
    const read = new GetItemCommand({ TableName, Key: key('api'), ConsistentRead: true })
    expect((await clients.dynamodb.send(read)).Item).toEqual(key('api'))
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName, Item: key('api') } }],
    })
    await expect(clients.dynamodb.send(transaction)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'local AWS does not have dynamodb:TransactWriteItems',
    })
  })
})
