import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { RecordStore } from '../core/ports.ts'
import { answered } from './aws-errors.ts'
import { keyOf } from './dynamodb-conditional-update.ts'
import type { Attributes } from './record-codec.ts'

/** No canary's name has a `#`, so no canary's records are in such a partition. */
const ALARM = 'alarm#'

/**
 * Neither `state` nor `definition`, whatever the canary is called: the table's stream hands these to `retrigger`, by the
 * sort key alone.
 */
const CANARY = 'canary#'

/**
 * Which canaries are held against an alarm: a partition an alarm, an item a canary, and nothing in it that the index
 * knows. An alarm's event thus costs one query, however many canaries there are, and finds nothing for most alarms of
 * an account.
 */
export function createAlarmNotes(
  client: DynamoDBClient,
  table: string,
): Pick<RecordStore, 'noteAlarm' | 'findByAlarm'> {
  return {
    async noteAlarm(alarm, canary, { expiresAt }) {
      const key = { canary: `${ALARM}${alarm}`, record: `${CANARY}${canary}` }
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(key),
        UpdateExpression: 'SET #until = :until',
        ExpressionAttributeNames: { '#until': 'ExpiresAt' },
        ExpressionAttributeValues: { ':until': { N: String(expiresAt) } },
      })
      const asked = `alarm ${alarm} of canary ${canary} in table ${table}`
      await answered('DynamoDB UpdateItem', asked, client.send(command))
    },

    async findByAlarm(alarm) {
      const canaries: string[] = []
      let start: Attributes | undefined
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#alarm = :alarm',
          ExpressionAttributeNames: { '#alarm': 'Canary' },
          ExpressionAttributeValues: { ':alarm': { S: `${ALARM}${alarm}` } },
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        })
        const asked = `canaries of alarm ${alarm} in table ${table}`
        const page = await answered('DynamoDB Query', asked, client.send(command))
        for (const { Record: record } of page.Items ?? []) {
          if (record?.S?.startsWith(CANARY)) canaries.push(record.S.slice(CANARY.length))
        }
        start = page.LastEvaluatedKey
      } while (start)
      return canaries
    },
  }
}
