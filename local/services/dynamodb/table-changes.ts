import type { WireResponse } from '../../wire/service.ts'
import { type StreamRecord, streamRecord, type TableStream } from './stream-record.ts'
import type { Item, TableStore } from './table-store.ts'

export interface TableChanges {
  /** Gives a table a stream; records go out from the next write on. */
  open(table: string, stream: TableStream): void
  close(table: string): void
  streamOf(table: string): TableStream | undefined
  /** Calls back with each record of the stream, in the order of the writes. Gives the way to stop. */
  subscribe(streamArn: string, listener: (record: StreamRecord) => void): () => void
  /**
   * Runs a write of these items and notes what it changed. One write of a table at a time: the images taken
   * before and after belong to exactly this write, and the records stand in the order of the writes.
   */
  write(
    table: string,
    keys: (stream: TableStream) => readonly Item[],
    write: () => Promise<WireResponse>,
  ): Promise<WireResponse>
}

export function createTableChanges(store: TableStore): TableChanges {
  const streams = new Map<string, TableStream>()
  const listeners = new Map<string, Set<(record: StreamRecord) => void>>()
  const tails = new Map<string, Promise<unknown>>()
  /** What the last write of an item left, by table and key: what the next one finds. */
  const left = new Map<string, Item | undefined>()
  let sequence = 0

  const before = async (table: string, key: Item): Promise<Item | undefined> => {
    const place = placeOf(table, key)
    return left.has(place) ? left.get(place) : store.find(table, key)
  }
  const after = async (table: string, key: Item): Promise<Item | undefined> => {
    const item = await store.read(table, key)
    left.set(placeOf(table, key), item)
    return item
  }

  const inTurn = <T>(table: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(table) ?? Promise.resolve()).then(work, work)
    tails.set(table, turn)
    return turn
  }

  return {
    open: (table, stream) => void streams.set(table, stream),
    close(table) {
      streams.delete(table)
      left.clear()
    },
    streamOf: (table) => streams.get(table),
    subscribe(streamArn, listener) {
      const heard = listeners.get(streamArn) ?? new Set()
      listeners.set(streamArn, heard.add(listener))
      return () => void heard.delete(listener)
    },
    write(table, keys, write) {
      const stream = streams.get(table)
      if (!stream) return write()
      return inTurn(table, async () => {
        const written = keys(stream)
        const found = await Promise.all(written.map((key) => before(table, key)))
        const result = await write()
        if (result.status !== 200) return result
        const now = await Promise.all(written.map((key) => after(table, key)))
        written.forEach((_, index) => {
          const record = streamRecord(stream, sequence + 1, found[index], now[index])
          if (!record) return
          sequence += 1
          for (const listener of listeners.get(stream.arn) ?? []) listener(record)
        })
        return result
      })
    },
  }
}

const placeOf = (table: string, key: Item): string => `${table} ${JSON.stringify(key)}`
