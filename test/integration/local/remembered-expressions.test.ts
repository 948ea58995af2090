import { beforeEach, expect, test } from 'vitest'
import { createDynamoDb } from '../../../local/services/dynamodb/index.ts'

const TableName = 'records'
const Key = { Canary: { S: 'web' } }

let dynamodb: ReturnType<typeof createDynamoDb>

beforeEach(async () => {
  dynamodb = createDynamoDb()
  await dynamodb.call('CreateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'Canary', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'Canary', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
})

const set = (given: object) => dynamodb.call('UpdateItem', { TableName, Key, ...given })
const item = async () => (await dynamodb.call('GetItem', { TableName, Key })).Item

/** The same texts, whatever the values and names: the second time they come out of memory. */
const once = (name: string, value: object, before?: object) =>
  set({
    UpdateExpression: 'SET #a = :new',
    ConditionExpression: before ? '#a = :old' : 'attribute_not_exists(#a)',
    ExpressionAttributeNames: { '#a': name },
    ExpressionAttributeValues: { ':new': value, ...(before ? { ':old': before } : {}) },
  })

test('the same expression sets and compares the values of each request', async () => {
  await once('Step', { N: '1' })
  await once('Step', { N: '2' }, { N: '1' })
  await once('Step', { N: '3' }, { N: '2' })
  await expect(once('Step', { N: '4' }, { N: '2' })).rejects.toThrow(
    'The conditional request failed',
  )
  expect(await item()).toEqual({ ...Key, Step: { N: '3' } })
})

test('the same expression with another name is about another attribute', async () => {
  await once('Step', { N: '1' })
  await once('Weight', { N: '10' })
  expect(await item()).toEqual({ ...Key, Step: { N: '1' }, Weight: { N: '10' } })
})

test('what one request wrote with an expression is not changed by the next one', async () => {
  const append = (value: string) =>
    set({
      UpdateExpression: 'SET Seen = list_append(if_not_exists(Seen, :none), :one)',
      ExpressionAttributeValues: { ':none': { L: [] }, ':one': { L: [{ S: value }] } },
    })
  for (const value of ['a', 'b', 'c']) await append(value)
  expect(await item()).toEqual({ ...Key, Seen: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] } })
})

test('the same expression is refused for a value of a type that it cannot take', async () => {
  const add = (value: object) =>
    set({ UpdateExpression: 'ADD Looks :more', ExpressionAttributeValues: { ':more': value } })
  await add({ N: '1' })
  await expect(add({ S: '1' })).rejects.toThrow('Incorrect operand type')
  await add({ N: '2' })
  expect(await item()).toEqual({ ...Key, Looks: { N: '3' } })
})

test('the same expression is refused where a request gives more than it uses, or less', async () => {
  const withValues = (values: object) =>
    set({ UpdateExpression: 'SET Step = :new', ExpressionAttributeValues: values })
  await withValues({ ':new': { N: '1' } })
  await expect(withValues({ ':new': { N: '1' }, ':old': { N: '1' } })).rejects.toThrow('unused')
  await expect(withValues({ ':other': { N: '1' } })).rejects.toThrow('not defined')
})

test('bounds are compared in each request', async () => {
  const between = (from: string, to: string) =>
    set({
      UpdateExpression: 'SET Step = :new',
      ConditionExpression: 'attribute_not_exists(Step) OR Step BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':new': { N: '5' }, ':from': { N: from }, ':to': { N: to } },
    })
  await between('1', '9')
  await between('5', '5')
  await expect(between('9', '1')).rejects.toThrow('upper bound')
})
