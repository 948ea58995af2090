import type { HistoryEvent } from '@aws-sdk/client-sfn'

/** What an execution's history says of one rollout. Seconds. */
export interface RolloutTimes {
  /** From StartExecution until the router took the first weights. */
  readonly toFirstShift?: number
  /** Each from the decision until the weights were read back and in sync. */
  readonly shifts: readonly number[]
  /** From the decision until the baseline was read back and in sync. */
  readonly failBack?: number
  /** Milliseconds since the epoch. */
  readonly settledAt?: number
}

interface Visit {
  readonly state: string
  readonly at: number
}

export function timesOf(events: readonly HistoryEvent[]): RolloutTimes {
  const startedAt = events[0]?.timestamp?.getTime() ?? Number.NaN
  const visits = events.flatMap(({ stateEnteredEventDetails, timestamp }): Visit[] => {
    const state = stateEnteredEventDetails?.name
    return state === undefined || !timestamp ? [] : [{ state, at: timestamp.getTime() }]
  })
  const first = visits.find(({ state }) => state === 'Verify Shift')
  const shifts = visits.flatMap(({ state, at }, index) => {
    if (state !== 'Shift Traffic') return []
    const [verify, bake] = visits.slice(index + 1, index + 3)
    const verified = verify?.state === 'Verify Shift' && bake?.state === 'Bake'
    return verified ? [(bake.at - at) / 1_000] : []
  })
  const back = visits.find(({ state }) => state === 'Fail Back')
  const settled = visits.find(({ state }) => state === 'Settled')
  return {
    shifts,
    ...(first ? { toFirstShift: (first.at - startedAt) / 1_000 } : {}),
    ...(settled ? { settledAt: settled.at } : {}),
    ...(back && settled ? { failBack: (settled.at - back.at) / 1_000 } : {}),
  }
}
