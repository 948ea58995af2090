import * as sdk from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDynamoDb } from '../../../local/services/dynamodb/index.ts'
import { openTransport, transports } from '../../fixtures/wire-transports.ts'

const TableName = 'records'
const key = (name: string) => ({ Canary: { S: name } })

describe.each(transports)('DynamoDB %s', (transport) => {
  const dynamodb = createDynamoDb()
  let opened: Awaited<ReturnType<typeof openTransport>>
  let client: sdk.DynamoDBClient
  let ResourceArn = ''

  beforeAll(async () => {
    opened = await openTransport(transport, [dynamodb])
    client = new sdk.DynamoDBClient(opened.config)
  })
  afterAll(() => opened.close())

  const get = async (name: string) =>
    (await client.send(new sdk.GetItemCommand({ TableName, Key: key(name) }))).Item

  const calls: Record<string, () => Promise<void>> = {
    CreateTable: async () => {
      const { TableDescription } = await client.send(
        new sdk.CreateTableCommand({
          TableName,
          AttributeDefinitions: [
            { AttributeName: 'Canary', AttributeType: 'S' },
            { AttributeName: 'CandidateService', AttributeType: 'S' },
          ],
          KeySchema: [{ AttributeName: 'Canary', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'ByCandidate',
              KeySchema: [{ AttributeName: 'CandidateService', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      )
      ResourceArn = TableDescription?.TableArn ?? ''
      expect(ResourceArn).toBe('arn:aws:dynamodb:us-east-1:123456789012:table/records')
      expect(TableDescription?.LatestStreamArn).toMatch(/table\/records\/stream\//)
    },
    DescribeTable: async () => {
      const { Table } = await client.send(new sdk.DescribeTableCommand({ TableName }))
      expect(Table).toMatchObject({
        TableStatus: 'ACTIVE',
        StreamSpecification: { StreamEnabled: true },
      })
    },
    ListTables: async () => {
      expect((await client.send(new sdk.ListTablesCommand({}))).TableNames).toEqual([TableName])
    },
    PutItem: async () => {
      const Item = { ...key('api'), CandidateService: { S: 'c/api' } }
      await client.send(new sdk.PutItemCommand({ TableName, Item }))
    },
    GetItem: async () => {
      expect(await get('api')).toMatchObject({ CandidateService: { S: 'c/api' } })
    },
    UpdateItem: async () => {
      const { Attributes } = await client.send(
        new sdk.UpdateItemCommand({
          TableName,
          Key: key('api'),
          UpdateExpression: 'SET #a = if_not_exists(#a, :zero) + :one',
          ExpressionAttributeNames: { '#a': 'Attempt' },
          ExpressionAttributeValues: { ':one': { N: '1' }, ':zero': { N: '0' } },
          ReturnValues: 'ALL_NEW',
        }),
      )
      expect(Attributes?.Attempt).toEqual({ N: '1' })
    },
    BatchWriteItem: async () => {
      const RequestItems = { [TableName]: [{ PutRequest: { Item: key('web') } }] }
      await client.send(new sdk.BatchWriteItemCommand({ RequestItems }))
    },
    BatchGetItem: async () => {
      const RequestItems = { [TableName]: { Keys: [key('api'), key('web')] } }
      const { Responses } = await client.send(new sdk.BatchGetItemCommand({ RequestItems }))
      expect(Responses?.[TableName]).toHaveLength(2)
    },
    Query: async () => {
      const { Items } = await client.send(
        new sdk.QueryCommand({
          TableName,
          IndexName: 'ByCandidate',
          KeyConditionExpression: 'CandidateService = :s',
          ExpressionAttributeValues: { ':s': { S: 'c/api' } },
        }),
      )
      expect(Items?.map((item) => item.Canary)).toEqual([{ S: 'api' }])
    },
    Scan: async () => {
      expect((await client.send(new sdk.ScanCommand({ TableName }))).Count).toBe(2)
    },
    DeleteItem: async () => {
      await client.send(new sdk.DeleteItemCommand({ TableName, Key: key('web') }))
      expect(await get('web')).toBeUndefined()
    },
    UpdateTimeToLive: async () => {
      const TimeToLiveSpecification = { AttributeName: 'ExpiresAt', Enabled: true }
      await client.send(new sdk.UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
    },
    DescribeTimeToLive: async () => {
      const answer = await client.send(new sdk.DescribeTimeToLiveCommand({ TableName }))
      expect(answer.TimeToLiveDescription?.TimeToLiveStatus).toBe('ENABLED')
    },
    UpdateContinuousBackups: async () => {
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
      await client.send(
        new sdk.UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
      )
    },
    DescribeContinuousBackups: async () => {
      const answer = await client.send(new sdk.DescribeContinuousBackupsCommand({ TableName }))
      expect(answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
        PointInTimeRecoveryStatus: 'ENABLED',
      })
    },
    TagResource: async () => {
      const Tags = [{ Key: 'team', Value: 'a' }]
      await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags }))
    },
    ListTagsOfResource: async () => {
      const answer = await client.send(new sdk.ListTagsOfResourceCommand({ ResourceArn }))
      expect(answer.Tags).toEqual([{ Key: 'team', Value: 'a' }])
    },
    UntagResource: async () => {
      await client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ['team'] }))
    },
    DeleteTable: async () => {
      await client.send(new sdk.DeleteTableCommand({ TableName }))
      await expect(get('api')).rejects.toThrow(sdk.ResourceNotFoundException)
    },
  }

  test.each(Object.entries(calls))('%s', (_, call) => call())

  test('another operation is refused', async () => {
    await expect(client.send(new sdk.ListBackupsCommand({}))).rejects.toThrow(
      'local AWS does not have dynamodb:ListBackups',
    )
  })
})
