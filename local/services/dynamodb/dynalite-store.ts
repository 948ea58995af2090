import type { Server } from 'node:http'
import dynalite from 'dynalite'
import database, { type Store, type StoredTable } from 'dynalite/db/index.js'
import { ACCOUNT, REGION } from '../../account.ts'

export interface DynaliteStore {
  /** Never listened on. */
  readonly server: Server
  /**
   * Makes a table that was just created ACTIVE. dynalite leaves that to a timer, which under a stopped clock never
   * comes: a template could not be deployed before a test lets time pass.
   */
  activate(table: string): Promise<void>
}

export function createDynaliteStore(): DynaliteStore {
  const { server, store } = withStore(() =>
    dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }),
  )
  // dynalite takes them from the environment of this process.
  store.tableDb.awsAccountId = ACCOUNT
  store.tableDb.awsRegion = REGION
  return {
    server,
    async activate(name) {
      const table = await new Promise<StoredTable>((resolve, reject) =>
        store.tableDb.get(name, (error, found) => (error ? reject(error) : resolve(found))),
      )
      table.TableStatus = 'ACTIVE'
      for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE'
      await new Promise<void>((resolve, reject) =>
        store.tableDb.put(name, table, (error) => (error ? reject(error) : resolve())),
      )
    },
  }
}

/** dynalite keeps the store that it makes to itself, so it is caught where it is made. */
function withStore(make: () => Server): { server: Server; store: Store } {
  const create = database.create
  let store: Store | undefined
  database.create = (options) => {
    store = create(options)
    return store
  }
  try {
    const server = make()
    if (!store) throw new Error('dynalite made no store: look at its index.js after an update')
    return { server, store }
  } finally {
    database.create = create
  }
}
