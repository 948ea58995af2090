import {
  type AttributeValue,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { answered, isNamed } from './aws-errors.ts'
import type { Attributes } from './record-codec.ts'

/** The key of one item. */
export interface RecordKey {
  readonly canary: string
  /** `definition`, `state`, `rollout#<attempt>`, or `stop-the-line` of all canaries. */
  readonly record: string
}

export interface ConditionalUpdate {
  readonly set: Attributes
  readonly remove: readonly string[]
  /** What must still stand there: `absent` for no item at all, else each attribute's value, undefined for none. */
  readonly ifStands: 'absent' | ReadonlyMap<string, AttributeValue | undefined>
}

/** Updates one item if what was read of it still stands, else says so and writes nothing. */
export async function updateIf(
  client: DynamoDBClient,
  table: string,
  key: RecordKey,
  update: ConditionalUpdate,
): Promise<'written' | 'conflict'> {
  const placeholders = new Map<string, string>()
  const values: Attributes = {}
  // Every name goes through a placeholder: many an attribute's name is a reserved word.
  const named = (name: string) => {
    const placeholder = placeholders.get(name) ?? `#n${placeholders.size}`
    placeholders.set(name, placeholder)
    return placeholder
  }
  const valued = (value: AttributeValue) => {
    const placeholder = `:v${Object.keys(values).length}`
    values[placeholder] = value
    return placeholder
  }
  const assignments = Object.entries(update.set).map(
    ([name, value]) => `${named(name)} = ${valued(value)}`,
  )
  const clauses = [
    assignments.length > 0 ? `SET ${assignments.join(', ')}` : '',
    update.remove.length > 0 ? `REMOVE ${update.remove.map(named).join(', ')}` : '',
  ]
  const conditions =
    update.ifStands === 'absent'
      ? [`attribute_not_exists(${named('Canary')})`]
      : [...update.ifStands].flatMap(([name, value]) => standing(named(name), value))

  /** Maps are compared leaf by leaf: not every DynamoDB compares them whole. */
  function standing(path: string, value: AttributeValue | undefined): string[] {
    if (value === undefined) return [`attribute_not_exists(${path})`]
    if (value.M === undefined) return [`${path} = ${valued(value)}`]
    return Object.entries(value.M).flatMap(([key, held]) => standing(`${path}.${named(key)}`, held))
  }

  const command = new UpdateItemCommand({
    TableName: table,
    Key: keyOf(key),
    UpdateExpression: clauses.filter(Boolean).join(' '),
    ...(conditions.length > 0 ? { ConditionExpression: conditions.join(' AND ') } : {}),
    ExpressionAttributeNames: Object.fromEntries(
      [...placeholders].map(([name, placeholder]) => [placeholder, name]),
    ),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
  })
  try {
    await answered('DynamoDB UpdateItem', placeOf(table, key), client.send(command))
    return 'written'
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return 'conflict'
    throw error
  }
}

export function keyOf(key: RecordKey): Attributes {
  return { Canary: { S: key.canary }, Record: { S: key.record } }
}

/** For messages. */
export function placeOf(table: string, key: RecordKey): string {
  return `record ${key.record} of canary ${key.canary} in table ${table}`
}
