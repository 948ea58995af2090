import type { Count } from '../../data-plane/load-generator/count.ts'
import type { Failure } from '../../data-plane/load-generator/failure.ts'
import type { BySlot, RouterName } from '../environment/environment.ts'
import type { Expected } from './act.ts'
import type { Outcome } from './records.ts'

/** A rollout's end, as `--json` tells it. */
export interface RolloutResult {
  readonly canary: string
  readonly rollout: string
  readonly router: RouterName
  readonly outcome: Outcome
  readonly reason: string
  /** Whether it waited for a person, since there was no clear answer. */
  readonly held: boolean
  /** The candidate's shares that were achieved, in order. */
  readonly weights: readonly number[]
  /** How long each of them stood until the next decision, in milliseconds. */
  readonly bakesMs: readonly number[]
  readonly baseline: BySlot<number>
  readonly final: BySlot<number>
  /** From the first RUNNING event of the revision (or the reset) to the start of the execution. */
  readonly triggerMs: number
  /** From the same to the first verified weight; null where none was shifted. */
  readonly firstShiftMs: number | null
  /** From the first bad response or dead task to the verified restoration; null where it was promoted. */
  readonly failBackMs: number | null
  readonly requests: { readonly blue: number; readonly green: number; readonly failed: number }
  /** Why requests failed, each kind once. */
  readonly failures: readonly FailureTold[]
}

export interface FailureTold extends Failure {
  readonly count: number
  /** The first and the last of them, in milliseconds since the rollout's first act. */
  readonly firstMs: number
  readonly lastMs: number
}

export const failuresOf = ({ failures }: Count, startedAt: number): FailureTold[] =>
  failures.map(({ firstAt, lastAt, ...failure }) => ({
    ...failure,
    firstMs: firstAt - startedAt,
    lastMs: lastAt - startedAt,
  }))

export function requestsOf({ requests, failed }: Count): RolloutResult['requests'] {
  return { blue: requests.blue ?? 0, green: requests.green ?? 0, failed }
}

/** What is not as the scenario says; nothing where all is. */
export function problemsOf(result: RolloutResult, expected: Expected): string[] {
  const { outcome, held, baseline, final, rollout } = result
  const problems: string[] = []
  if (outcome !== expected.outcome) {
    problems.push(`${rollout} is ${outcome}, and should be ${expected.outcome}`)
  }
  if (expected.held && !held) problems.push(`${rollout} asked nobody, and should have`)
  const restored = baseline.blue === final.blue && baseline.green === final.green
  if (outcome === 'failed-back' && !restored) {
    problems.push(`${rollout} left ${text(final)} where ${text(baseline)} stood before`)
  }
  if (outcome === 'promoted' && final.blue !== 0 && final.green !== 0) {
    problems.push(`${rollout} is promoted, but the routing is ${text(final)}`)
  }
  return problems
}

const text = ({ blue, green }: BySlot<number>) => `blue ${blue} : green ${green}`
