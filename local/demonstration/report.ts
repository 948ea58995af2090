import type { RolloutResult } from './rollout/result.ts'
import type { Ended } from './view/observer.ts'

/** The document that `--json` prints. */
export interface Report {
  readonly ok: boolean
  readonly rollouts: readonly RolloutResult[]
}

export const reportOf = (ended: readonly Ended[]): Report => ({
  ok: ended.length > 0 && ended.every(({ problems }) => problems.length === 0),
  rollouts: ended.map(({ result }) => result),
})
