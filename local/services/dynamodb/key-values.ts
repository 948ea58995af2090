import { Readable } from 'node:stream'

type Done<T> = (error: Error | null, value?: T) => void

/** Bounds of a range of keys, as LevelDB names them. */
interface Range {
  readonly gt?: string
  readonly gte?: string
  readonly lt?: string
  readonly lte?: string
  readonly reverse?: boolean
  readonly limit?: number
}

/** What dynalite asks of the LevelDB below it, in memory and without its turns of the event loop. */
export interface KeyValues {
  get(key: string, done: Done<unknown>): void
  /** As `get`, for who leaves it as it is: all such readers have the same. */
  look(key: string, done: Done<unknown>): void
  put(key: string, value: unknown, done: Done<void>): void
  del(key: string, done: Done<void>): void
  batch(operations: readonly BatchOperation[], done: Done<void>): void
  createKeyStream(range?: Range): Readable
  createValueStream(range?: Range): Readable
  lock: Lock
}

type BatchOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string }

/** Lets one at a time at a key; `release` gives a callback that lets the next one in before it calls back. */
export type Lock = (
  key: string,
  work: (
    release: <Args extends unknown[]>(done: (...args: Args) => void) => (...args: Args) => void,
  ) => void,
) => void

/** As text, as LevelDB has it: what is written belongs to the writer. */
interface Kept {
  readonly text: string
  /** Once it was read, where its readers share it. */
  value?: unknown
}

/** @param shared whether readers leave what they read as it is, so that all of them may have the same. */
export function createKeyValues({ shared }: { readonly shared: boolean }): KeyValues {
  const kept = new Map<string, Kept>()
  let sorted: readonly string[] | undefined

  const set = (key: string, value: unknown): void => {
    if (!kept.has(key)) sorted = undefined
    kept.set(key, { text: JSON.stringify(value) })
  }
  const remove = (key: string): void => {
    if (kept.delete(key)) sorted = undefined
  }
  const keysIn = ({ gt, gte, lt, lte, reverse, limit }: Range = {}): string[] => {
    sorted ??= [...kept.keys()].sort()
    const within = sorted.filter(
      (key) =>
        (gt === undefined || key > gt) &&
        (gte === undefined || key >= gte) &&
        (lt === undefined || key < lt) &&
        (lte === undefined || key <= lte),
    )
    const ordered = reverse ? within.reverse() : within
    return limit === undefined || limit < 0 ? ordered : ordered.slice(0, limit)
  }
  const read = (key: string): unknown => {
    const found = kept.get(key)
    if (!found) return null
    found.value ??= JSON.parse(found.text)
    return found.value
  }
  const given = shared ? read : (key: string): unknown => JSON.parse(kept.get(key)?.text ?? 'null')
  const reading =
    (how: typeof read) =>
    (key: string, done: Done<unknown>): void =>
      queueMicrotask(() => (kept.has(key) ? done(null, how(key)) : done(notFound(key))))

  return {
    get: reading(given),
    look: reading(read),
    put(key, value, done) {
      set(key, value)
      queueMicrotask(() => done(null))
    },
    del(key, done) {
      remove(key)
      queueMicrotask(() => done(null))
    },
    batch(operations, done) {
      for (const one of operations) {
        if (one.type === 'put') set(one.key, one.value)
        else remove(one.key)
      }
      queueMicrotask(() => done(null))
    },
    createKeyStream: (range) => Readable.from(keysIn(range)),
    createValueStream: (range) => Readable.from(keysIn(range).map(given)),
    lock: createLock(),
  }
}

const notFound = (key: string): Error =>
  Object.assign(new Error(`NotFound: ${key}`), { name: 'NotFoundError' })

function createLock(): Lock {
  const waiting = new Map<string, (() => void)[]>()
  return (key, work) => {
    const begin = () =>
      work((done) => (...args) => {
        const next = waiting.get(key)?.shift()
        if (next) queueMicrotask(next)
        else waiting.delete(key)
        done(...args)
      })
    const queue = waiting.get(key)
    if (queue) {
      queue.push(begin)
      return
    }
    waiting.set(key, [])
    begin()
  }
}
