import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { TransientError } from '../core/errors.ts'
import type { CanaryState } from '../core/model/canary-state.ts'
import type { RolloutSummary } from '../core/model/rollout.ts'
import type { RecordLists } from '../core/operator-ports.ts'
import { answered } from './aws-errors.ts'
import { keyOf } from './dynamodb-conditional-update.ts'
import type { RecordStorePlace } from './dynamodb-record-store.ts'
import { type Attributes, createCodec } from './record-codec.ts'
import { count, number, oneOf, optional, slot, text } from './record-fields.ts'
import { stateCodec } from './state-codec.ts'

/** Keys that one BatchGetItem takes. */
const BATCH = 100

/** How often DynamoDB may answer none of what was asked: it throttles. */
const PATIENCE = 5

const summaryCodec = createCodec<RolloutSummary>({
  attempt: count,
  rollout: text,
  status: text,
  candidate: slot,
  revision: text,
  startedAt: number,
  step: count,
  weight: number,
  achieved: number,
  outcome: optional(oneOf(['promoted', 'failed-back'])),
  reason: { ...text, accepts: (value) => typeof value === 'string' },
  endedAt: optional(number),
})

export function createDynamoRecordLists(place: RecordStorePlace): RecordLists {
  return {
    async states() {
      const states = await scanStates(place)
      return states.sort((a, b) => (a.canary < b.canary ? -1 : 1))
    },

    async rollouts(canary, newest, limit) {
      const oldest = Math.max(1, newest - limit + 1)
      const found: RolloutSummary[] = []
      for (let from = newest; from >= oldest; from -= BATCH) {
        const attempts = Array.from(
          { length: Math.min(BATCH, from - oldest + 1) },
          (_, index) => from - index,
        )
        found.push(...(await readSummaries(place, canary, attempts)))
      }
      return found.sort((a, b) => b.attempt - a.attempt)
    },
  }
}

/** The whole index: it holds the states and nothing else, so this costs as much as there are canaries. */
async function scanStates({ client, table, candidateIndex }: RecordStorePlace) {
  const states: CanaryState[] = []
  let start: Attributes | undefined
  do {
    const command = new ScanCommand({
      TableName: table,
      IndexName: candidateIndex,
      ...(start ? { ExclusiveStartKey: start } : {}),
    })
    const page: ScanCommandOutput = await answered(
      'DynamoDB Scan',
      `canaries of table ${table}`,
      client.send(command),
    )
    for (const item of page.Items ?? []) {
      if (item.Record?.S === 'state') states.push(stateCodec.decode(item))
    }
    start = page.LastEvaluatedKey
  } while (start)
  return states
}

async function readSummaries(
  { client, table }: RecordStorePlace,
  canary: string,
  attempts: readonly number[],
): Promise<RolloutSummary[]> {
  // Every name goes through a placeholder: many an attribute's name is a reserved word.
  const names = ['Canary', 'Record', ...summaryCodec.attributes]
  const asked = {
    ProjectionExpression: names.map((_, index) => `#n${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
  }
  const found: RolloutSummary[] = []
  let keys: Record<string, AttributeValue>[] = attempts.map((attempt) =>
    keyOf({ canary, record: `rollout#${attempt}` }),
  )
  for (let idle = 0; keys.length > 0; ) {
    const command = new BatchGetItemCommand({ RequestItems: { [table]: { ...asked, Keys: keys } } })
    const page: BatchGetItemCommandOutput = await answered(
      'DynamoDB BatchGetItem',
      `rollouts of canary ${canary} in table ${table}`,
      client.send(command),
    )
    const left = page.UnprocessedKeys?.[table]?.Keys ?? []
    idle = left.length < keys.length ? 0 : idle + 1
    if (idle === PATIENCE) {
      throw new TransientError(`table ${table} reads nothing of canary ${canary} now; try again`)
    }
    found.push(...(page.Responses?.[table] ?? []).map((item) => summaryCodec.decode(item)))
    keys = left
  }
  return found
}
