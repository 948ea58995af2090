import { ACCOUNT, REGION } from '../../account.ts'
import { createKeyValues, type KeyValues } from './key-values.ts'

interface StoredTable {
  TableStatus: string
  readonly GlobalSecondaryIndexes?: { IndexStatus: string }[]
}

type Done = (error: Error | null, value?: unknown) => void

/**
 * The store that dynalite's actions work on. Its own one is LevelDB, behind which each read is some turns of the event
 * loop and a transcoding; maps do for what a process keeps in memory anyway.
 */
export function createDynaliteStore() {
  const parts = new Map<string, KeyValues>()
  // An action changes the table or the tags that it has read, but of an item it makes a copy first.
  const part = (name: string, shared = false): KeyValues => {
    const found = parts.get(name) ?? createKeyValues({ shared })
    parts.set(name, found)
    return found
  }
  const forget = (name: string, done: Done): void => {
    parts.delete(name)
    queueMicrotask(() => done(null))
  }
  const indexName = (type: string, table: string, index: string): string =>
    `index-${type.toLowerCase()}~${table}~${index}`
  const tables = part('table')

  const getTable = (name: string, checkStatus: boolean | Done, given?: Done): void => {
    const forItems = typeof checkStatus === 'function'
    const done = forItems ? checkStatus : given
    // Only who asks for a table whatever its status changes it.
    const read = forItems ? tables.look : tables.get
    read(name, (_, found) => {
      const table = found as StoredTable | undefined
      const usable = !checkStatus || !['CREATING', 'DELETING'].includes(table?.TableStatus ?? '')
      if (table && usable) return done?.(null, table)
      const which = checkStatus ? '' : `: Table: ${name} not found`
      done?.(noTable(`Requested resource not found${which}`))
    })
  }

  return {
    options: { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, maxItemSize: 409_600 },
    tableDb: Object.assign(tables, { awsAccountId: ACCOUNT, awsRegion: REGION }),
    getTable,
    getItemDb: (table: string) => part(`item-${table}`, true),
    deleteItemDb: (table: string, done: Done) => forget(`item-${table}`, done),
    getIndexDb: (type: string, table: string, index: string) =>
      part(indexName(type, table, index), true),
    deleteIndexDb: (type: string, table: string, index: string, done: Done) =>
      forget(indexName(type, table, index), done),
    getTagDb: (table: string) => part(`tag-${table}`),
    deleteTagDb: (table: string, done: Done) => forget(`tag-${table}`, done),
    /**
     * Makes a table that was just created ACTIVE. dynalite leaves that to a timer, which under a stopped clock never
     * comes: a template could not be deployed before a test lets time pass.
     */
    activate: (name: string): Promise<void> =>
      new Promise((resolve, reject) => {
        tables.get(name, (error, found) => {
          if (error) return reject(error)
          const table = found as StoredTable
          table.TableStatus = 'ACTIVE'
          for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE'
          tables.put(name, table, () => resolve())
        })
      }),
  }
}

const noTable = (message: string): Error =>
  Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message },
  })
