import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { TransientError } from '../core/errors.ts'
import type { Definitions, WrittenDefinition } from '../core/ports.ts'
import { answered, isNamed } from './aws-errors.ts'
import { keyOf, placeOf, type RecordKey, updateIf } from './dynamodb-conditional-update.ts'
import { type Attributes, native } from './record-codec.ts'

/** How often a change is decided anew because somebody else wrote in between; nobody writes definitions often. */
const ROUNDS = 5

/** What tells one writing of a definition from another. */
const GUARDS = ['Version', 'Owner'] as const

/** The `definition` records of a table: `Definition` as it was written, its `Owner`, and a `Version` that counts writes. */
export function createDynamoDefinitions(client: DynamoDBClient, table: string): Definitions {
  async function readItem(key: RecordKey): Promise<Attributes | undefined> {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true })
    const { Item } = await answered('DynamoDB GetItem', placeOf(table, key), client.send(command))
    return Item
  }

  return {
    async read(canary) {
      const item = await readItem(keyOfDefinition(canary))
      return item && writtenOf(item)
    },

    async amend(canary, change) {
      const key = keyOfDefinition(canary)
      for (let round = 0; round < ROUNDS; round++) {
        const item = await readItem(key)
        const seen = item && writtenOf(item)
        const next = change(seen)
        if (next === seen) return seen
        const outcome =
          next === undefined
            ? await deleteIf(client, table, key, item ?? {})
            : await updateIf(client, table, key, {
                ...attributesOf(next, item),
                ifStands: item ? new Map(GUARDS.map((name) => [name, item[name]])) : 'absent',
              })
        if (outcome === 'written') return next
      }
      throw new TransientError(
        `${placeOf(table, key)} was changed by others ${ROUNDS} times in a row; try again`,
      )
    },
  }
}

function keyOfDefinition(canary: string): RecordKey {
  return { canary, record: 'definition' }
}

function writtenOf(item: Attributes): WrittenDefinition {
  const owner = item.Owner?.S
  return { definition: native(item.Definition), ...(owner ? { owner } : {}) }
}

function attributesOf({ definition, owner }: WrittenDefinition, before: Attributes | undefined) {
  const version = Number(before?.Version?.N ?? 0) + 1
  const options = { removeUndefinedValues: true }
  const set: Attributes = {
    ...marshall({ Definition: definition }, options),
    Version: { N: String(version) },
    ...(owner === undefined ? {} : { Owner: { S: owner } }),
  }
  return { set, remove: owner === undefined && before?.Owner ? ['Owner'] : [] }
}

/** Deletes an item if the guards of what was read of it still stand. */
async function deleteIf(
  client: DynamoDBClient,
  table: string,
  key: RecordKey,
  item: Attributes,
): Promise<'written' | 'conflict'> {
  const clauses = GUARDS.map((name) =>
    item[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
  )
  const values = GUARDS.flatMap((name) => {
    const value = item[name]
    return value === undefined ? [] : [[`:${name}`, value] as const]
  })
  const command = new DeleteItemCommand({
    TableName: table,
    Key: keyOf(key),
    ConditionExpression: clauses.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(GUARDS.map((name) => [`#${name}`, name])),
    ...(values.length > 0 ? { ExpressionAttributeValues: Object.fromEntries(values) } : {}),
  })
  try {
    await answered('DynamoDB DeleteItem', placeOf(table, key), client.send(command))
    return 'written'
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict'
    throw error
  }
}
