import type { RawService, WireRequest, WireResponse } from '../../wire/service.ts'
import { requirements } from './authorization.ts'
import { json } from './json-answer.ts'
import { inputIn } from './request-body.ts'
import type { TableStream } from './stream-record.ts'
import { createTableChanges, type TableChanges } from './table-changes.ts'
import { createTableSettings } from './table-settings.ts'
import { createTableStore, DynamoDbError, type Item } from './table-store.ts'

export type { StreamRecord } from './stream-record.ts'

/**
 * DynamoDB, by dynalite in memory, and what dynalite lacks: the stream of a table's changes, the item on a
 * failed condition, TTL and backup settings (kept and told, but nothing is deleted and nothing backed up).
 */
export interface DynamoDb extends RawService {
  readonly name: 'dynamodb'
  subscribe: TableChanges['subscribe']
  streamOf: TableChanges['streamOf']
  /** One operation, without HTTP around it. @throws {DynamoDbError} */
  call(operation: string, input: object): Promise<Record<string, unknown>>
}

type Input = { readonly TableName: string } & Readonly<Record<string, unknown>>

const PASSED = new Set(
  `BatchGetItem CreateTable DeleteTable DescribeTable GetItem ListTables ListTagsOfResource Query Scan
   TagResource UntagResource`.split(/\s+/),
)
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem'])

export function createDynamoDb(): DynamoDb {
  const store = createTableStore()
  const changes = createTableChanges(store)
  const settings = createTableSettings(store, changes)
  const own: Readonly<Record<string, (input: never) => Promise<object>>> = settings.operations

  const writeOne = (operation: string, input: Input) => {
    const { ReturnValuesOnConditionCheckFailure: onFailure, ...rest } = input
    return changes.write(
      input.TableName,
      (stream) => [keyOf(stream, operation === 'PutItem' ? input.Item : input.Key)],
      async () => {
        const answer = await store.pass(operation, rest)
        if (answer.status === 200 || onFailure !== 'ALL_OLD') return answer
        return withItem(answer, async () => (await itemOf(input))?.Item)
      },
    )
  }
  // Read after the refusal: without a stream another write may come between, as it may for DynamoDB's caller.
  const itemOf = async (input: Input): Promise<{ Item?: Item } | undefined> => {
    const described = await store.call<{ Table: { KeySchema: { AttributeName: string }[] } }>(
      'DescribeTable',
      { TableName: input.TableName },
    )
    const names = described.Table.KeySchema.map((key) => key.AttributeName)
    const Key = keyOf({ keys: names }, input.Item ?? input.Key)
    return store.call('GetItem', { TableName: input.TableName, Key, ConsistentRead: true })
  }
  const writeMany = async (input: BatchWrite): Promise<WireResponse> => {
    const within = (tables: readonly string[]): Promise<WireResponse> => {
      const [table, ...others] = tables
      if (table === undefined) return store.pass('BatchWriteItem', { ...input })
      const keys = (stream: TableStream) =>
        (input.RequestItems[table] ?? []).map((one) =>
          keyOf(stream, one.PutRequest?.Item ?? one.DeleteRequest?.Key),
        )
      return changes.write(table, keys, () => within(others))
    }
    // In one order for all, so that two batches over the same tables cannot wait for each other.
    return within(Object.keys(input.RequestItems).sort())
  }

  const answer = async (request: WireRequest, operation: string): Promise<WireResponse> => {
    const input = inputIn(request.body) as Input
    if (WRITES.has(operation)) return writeOne(operation, input)
    if (operation === 'BatchWriteItem') return writeMany(input as unknown as BatchWrite)
    const ownOperation = own[operation]
    if (ownOperation) return json(200, await ownOperation(input as never))
    if (!PASSED.has(operation)) {
      const message = `local AWS does not have dynamodb:${operation}`
      throw new DynamoDbError('UnknownOperationException', message)
    }
    const passed = await store.pass(operation, { ...input })
    if (passed.status !== 200) return passed
    if (operation === 'CreateTable') {
      settings.created(input as unknown as CreateTableInput)
      await store.activate(input.TableName)
    }
    if (operation === 'DeleteTable') settings.deleted(input.TableName)
    if (!['CreateTable', 'DescribeTable'].includes(operation)) return passed
    return describing(passed, operation === 'CreateTable' ? 'TableDescription' : 'Table')
  }
  const describing = (passed: WireResponse, member: string): WireResponse => {
    const body = JSON.parse(Buffer.from(passed.body).toString())
    Object.assign(body[member], settings.streamOf(body[member].TableName))
    return json(200, body)
  }

  const handle = async (request: WireRequest): Promise<WireResponse> => {
    const operation = (request.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
    try {
      return await answer(request, operation)
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error
      return json(400, {
        __type: `com.amazonaws.dynamodb.v20120810#${error.code}`,
        message: error.message,
      })
    }
  }

  return {
    name: 'dynamodb',
    requirements,
    handle,
    subscribe: changes.subscribe,
    streamOf: changes.streamOf,
    async call(operation, input) {
      const answered = await handle(inProcess(operation, input))
      const output = JSON.parse(Buffer.from(answered.body).toString())
      if (answered.status === 200) return output
      const code = String(output.__type).replace(/^.*#/, '')
      throw new DynamoDbError(code, output.message ?? output.Message ?? code)
    },
  }
}

interface BatchWrite {
  readonly RequestItems: Readonly<
    Record<
      string,
      readonly { readonly PutRequest?: { Item: Item }; readonly DeleteRequest?: { Key: Item } }[]
    >
  >
}

type CreateTableInput = Parameters<ReturnType<typeof createTableSettings>['created']>[0]

const inProcess = (operation: string, input: object): WireRequest => ({
  method: 'POST',
  path: '/',
  query: {},
  headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
  body: Buffer.from(JSON.stringify(input)),
})

function keyOf(stream: { readonly keys: readonly string[] }, item: unknown): Item {
  const attributes = (item ?? {}) as Item
  return Object.fromEntries(stream.keys.map((name) => [name, attributes[name]]))
}

async function withItem(
  refused: WireResponse,
  read: () => Promise<Item | undefined>,
): Promise<WireResponse> {
  const body = JSON.parse(Buffer.from(refused.body).toString())
  if (!String(body.__type).endsWith('#ConditionalCheckFailedException')) return refused
  const item = await read()
  return json(refused.status, item ? { ...body, Item: item } : body)
}
