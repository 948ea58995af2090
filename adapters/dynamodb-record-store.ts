import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { DefinitionError, TransientError, UnknownCanaryError } from '../core/errors.ts'
import type { CanaryState } from '../core/model/canary-state.ts'
import type { Rollout } from '../core/model/rollout.ts'
import { type ServiceRef, serviceKey } from '../core/model/slot.ts'
import type { RecordStore } from '../core/ports.ts'
import { answered } from './aws-errors.ts'
import { createAlarmNotes } from './dynamodb-alarm-notes.ts'
import { keyOf, placeOf, type RecordKey, updateIf } from './dynamodb-conditional-update.ts'
import { decodeLine, encodeLine, LINE } from './line-record.ts'
import { type Attributes, differences, native } from './record-codec.ts'
import { rolloutCodec } from './rollout-codec.ts'
import { stateCodec } from './state-codec.ts'

/**
 * How often a change is decided anew because somebody else wrote in between. Of those who write at the same time
 * one succeeds in each round, so this is about how many may contend for one record without a retry from outside.
 */
const ROUNDS = 25

/** Counts the writes of a rollout's record, whose nested attributes a condition cannot compare. */
const VERSION = 'Version'

export interface RecordStorePlace {
  readonly client: DynamoDBClient
  readonly table: string
  /** The index whose partition key is `CandidateService`. */
  readonly candidateIndex: string
}

export function createDynamoRecordStore(place: RecordStorePlace): RecordStore {
  const { client, table } = place

  async function readItem(key: RecordKey): Promise<Attributes | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: keyOf(key),
      ConsistentRead: true,
    })
    const { Item } = await answered('DynamoDB GetItem', placeOf(table, key), client.send(command))
    return Item
  }

  /** What stands in the table of each rollout that was read or written here. */
  const items = new WeakMap<Rollout, Attributes>()

  async function readRollout(key: RecordKey): Promise<Rollout | undefined> {
    const item = await readItem(key)
    if (!item) return undefined
    const rollout = rolloutCodec.decode(item)
    items.set(rollout, item)
    return rollout
  }

  return {
    findByCandidate: (service) => findByCandidate(place, service),
    ...createAlarmNotes(client, table),

    async readDefinition(canary) {
      const key = { canary, record: 'definition' }
      const item = await readItem(key)
      if (item && !item.Definition) {
        throw new DefinitionError(
          `${placeOf(table, key)} has no attribute Definition; apply the definition again`,
        )
      }
      return native(item?.Definition)
    },

    async readState(canary) {
      const item = await readItem(stateKey(canary))
      return item && stateCodec.decode(item)
    },

    async createState(state) {
      const key = stateKey(state.canary)
      const set = stateCodec.encode(state)
      const written = await updateIf(client, table, key, { set, remove: [], ifStands: 'absent' })
      return written === 'written' ? 'created' : 'exists'
    },

    async amendState(canary, change, from) {
      const key = stateKey(canary)
      let seen = from && { state: from, item: stateCodec.encode(from) }
      for (let round = 0; round < ROUNDS; round++) {
        if (!seen) {
          const item = await readItem(key)
          if (!item) {
            throw new UnknownCanaryError(
              `there is no ${placeOf(table, key)}; apply the canary's definition first`,
            )
          }
          seen = { state: stateCodec.decode(item), item }
        }
        const next = change(seen.state)
        const { set, remove } = differences(stateCodec.encode(seen.state), stateCodec.encode(next))
        if (Object.keys(set).length === 0 && remove.length === 0) return next
        const ifStands = valuesOf(seen.item, stateCodec.attributes)
        if ((await updateIf(client, table, key, { set, remove, ifStands })) === 'written') {
          return next
        }
        seen = undefined
      }
      throw contended(table, key)
    },

    readRollout: (canary, attempt) => readRollout(rolloutKey(canary, attempt)),

    async amendRollout(canary, attempt, change, from) {
      const key = rolloutKey(canary, attempt)
      let known = from && items.has(from) ? from : undefined
      for (let round = 0; round < ROUNDS; round++) {
        const seen = known ?? (await readRollout(key))
        const item = seen && items.get(seen)
        const next = change(seen)
        const { set, remove } = differences(
          seen ? rolloutCodec.encode(seen) : {},
          rolloutCodec.encode(next),
        )
        const unchanged = Object.keys(set).length === 0 && remove.length === 0
        // No write would show whether what was read earlier still stands.
        if (seen && unchanged && !known) return next
        if (!unchanged || !seen) {
          const version = { N: String(Number(item?.[VERSION]?.N ?? 0) + 1) }
          const update = {
            set: { ...set, [VERSION]: version },
            remove,
            ifStands: item ? valuesOf(item, [...rolloutCodec.flat, VERSION]) : ('absent' as const),
          }
          if ((await updateIf(client, table, key, update)) === 'written') {
            items.set(next, { ...without(item ?? {}, remove), ...update.set })
            return next
          }
        }
        known = undefined
      }
      throw contended(table, key)
    },

    async readLine() {
      const item = await readItem(LINE)
      return item && decodeLine(item)
    },

    async writeLine(line) {
      await updateIf(client, table, LINE, { ...encodeLine(line), ifStands: new Map() })
    },
  }
}

async function findByCandidate(
  { client, table, candidateIndex }: RecordStorePlace,
  service: ServiceRef,
): Promise<CanaryState[]> {
  const states: CanaryState[] = []
  let start: Attributes | undefined
  do {
    const command = new QueryCommand({
      TableName: table,
      IndexName: candidateIndex,
      KeyConditionExpression: '#service = :service',
      ExpressionAttributeNames: { '#service': 'CandidateService' },
      ExpressionAttributeValues: { ':service': { S: serviceKey(service) } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    })
    const page = await answered(
      'DynamoDB Query',
      `canaries of candidate ${serviceKey(service)} in table ${table}`,
      client.send(command),
    )
    for (const item of page.Items ?? []) {
      if (item.Record?.S === 'state') states.push(stateCodec.decode(item))
    }
    start = page.LastEvaluatedKey
  } while (start)
  return states
}

function stateKey(canary: string): RecordKey {
  return { canary, record: 'state' }
}

function rolloutKey(canary: string, attempt: number): RecordKey {
  return { canary, record: `rollout#${attempt}` }
}

/** As they stand in the item, not as the model reads them: a person's edit shows in the first, not always in the second. */
function valuesOf(
  item: Attributes,
  names: readonly string[],
): ReadonlyMap<string, AttributeValue | undefined> {
  return new Map(names.map((name) => [name, item[name]]))
}

function without(item: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

function contended(table: string, key: RecordKey): TransientError {
  return new TransientError(
    `${placeOf(table, key)} was changed by others ${ROUNDS} times in a row; try again`,
  )
}
