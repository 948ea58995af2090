declare module 'dynalite' {
  import type { Server } from 'node:http'

  export default function dynalite(options?: {
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }): Server
}

declare module 'dynalite/db/index.js' {
  type Done<T> = (error: Error | null | undefined, value: T) => void

  export interface StoredTable {
    TableStatus: string
    readonly GlobalSecondaryIndexes?: { IndexStatus: string }[]
  }

  export interface Store {
    readonly tableDb: {
      awsAccountId: string
      awsRegion: string
      get(name: string, done: Done<StoredTable>): void
      put(name: string, table: StoredTable, done: Done<unknown>): void
    }
  }

  const database: { create(options: object): Store }
  export default database
}
