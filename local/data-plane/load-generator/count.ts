/** How one request ended. */
export interface Reply {
  /** The slot that answered, by its own word; absent where no task did. */
  readonly slot: string | undefined
  /** Absent where there was no answer at all. */
  readonly status: number | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Count {
  readonly requests: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  /** Requests that ended badly: a 5xx from wherever, or no answer. */
  readonly failed: number
  /** When the first request ended badly, milliseconds since the epoch. */
  readonly firstBadAt: number | undefined
}

export const isBad = ({ status }: Reply) => status === undefined || status >= 500

/** Counts replies, from the beginning or from the last `restart`. */
export function createCount() {
  let requests: Record<string, number> = {}
  let errors: Record<string, number> = {}
  let failed = 0
  let firstBadAt: number | undefined

  return {
    add(reply: Reply) {
      const { slot } = reply
      if (slot !== undefined) requests[slot] = (requests[slot] ?? 0) + 1
      if (!isBad(reply)) return
      failed += 1
      firstBadAt ??= reply.at
      if (slot !== undefined) errors[slot] = (errors[slot] ?? 0) + 1
    },
    read: (): Count => ({ requests: { ...requests }, errors: { ...errors }, failed, firstBadAt }),
    restart() {
      requests = {}
      errors = {}
      failed = 0
      firstBadAt = undefined
    },
  }
}
