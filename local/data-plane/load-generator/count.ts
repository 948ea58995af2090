import type { Failure } from './failure.ts'

/** How one request ended. */
export interface Reply {
  /** The slot that answered, by its own word; absent where no task did. */
  readonly slot: string | undefined
  /** Absent where there was no answer at all. */
  readonly status: number | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Where it ended badly: why. */
  readonly failure?: Failure
}

/** Requests that ended badly in the same way. */
export interface FailureKind extends Failure {
  readonly count: number
  /** Of the first and the last of them, milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
}

export interface Count {
  readonly requests: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  /** Requests that ended badly: a 5xx from wherever, or no answer. */
  readonly failed: number
  /** When the first request ended badly, milliseconds since the epoch. */
  readonly firstBadAt: number | undefined
  /** Why requests ended badly, in the order in which each kind was first seen. */
  readonly failures: readonly FailureKind[]
}

/** Counts replies, from the beginning or from the last `restart`. */
export function createCount() {
  let requests: Record<string, number> = {}
  let errors: Record<string, number> = {}
  let failures = new Map<string, FailureKind>()

  function fail(failure: Failure, at: number) {
    const kind = JSON.stringify(failure)
    const known = failures.get(kind)
    const { count = 0, firstAt = at } = known ?? {}
    failures.set(kind, { ...failure, count: count + 1, firstAt, lastAt: at })
  }

  return {
    add({ slot, at, failure }: Reply) {
      if (slot !== undefined) requests[slot] = (requests[slot] ?? 0) + 1
      if (!failure) return
      fail(failure, at)
      if (slot !== undefined) errors[slot] = (errors[slot] ?? 0) + 1
    },
    read(): Count {
      const kinds = [...failures.values()]
      return {
        requests: { ...requests },
        errors: { ...errors },
        failed: kinds.reduce((sum, { count }) => sum + count, 0),
        firstBadAt: kinds[0]?.firstAt,
        failures: kinds,
      }
    },
    restart() {
      requests = {}
      errors = {}
      failures = new Map()
    },
  }
}
