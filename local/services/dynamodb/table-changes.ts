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
  write<T>(
    table: string,
    keys: (stream: TableStream) => readonly Item[],
    write: () => Promise<T>,
  ): Promise<T>
}

export function createTableChanges(store: TableStore): TableChanges {
  const streams = new Map<string, TableStream>()
  const listeners = new Map<string, Set<(record: StreamRecord) => void>>()
  const tails = new Map<string, Promise<unknown>>()
  let sequence = 0

  const inTurn = <T>(table: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(table) ?? Promise.resolve()).then(work, work)
    tails.set(table, turn)
    return turn
  }

  return {
    open: (table, stream) => void streams.set(table, stream),
    close: (table) => void streams.delete(table),
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
        const before = await Promise.all(written.map((key) => store.read(table, key)))
        const result = await write()
        const after = await Promise.all(written.map((key) => store.read(table, key)))
        written.forEach((_, index) => {
          const record = streamRecord(stream, sequence + 1, before[index], after[index])
          if (!record) return
          sequence += 1
          for (const listener of listeners.get(stream.arn) ?? []) listener(record)
        })
        return result
      })
    },
  }
}
