import type { LocalAws } from '../../local/aws.ts'
import { weightsIn } from './canary-records.ts'
import type { Fleet, FleetCanary } from './fleet.ts'
import { type RolloutTimes, timesOf } from './rollout-times.ts'

export interface SeenRollout extends RolloutTimes {
  readonly canary: string
  readonly bad: boolean
  /** Whether it has an execution. */
  readonly started: boolean
  readonly outcome: 'promoted' | 'failed-back' | undefined
  /** Whether the records are what the outcome says. */
  readonly sound: boolean
  readonly reason: string
  /** From the death of the candidate's task, at the first write, until the baseline was verified. Seconds. */
  readonly harmed?: number
}

export function executionsOf({ stepfunctions }: Pick<LocalAws, 'stepfunctions'>) {
  return [...stepfunctions.state.executions.values()]
}

/** What became of a canary's rollout, by its execution, its record and the records of Route 53. */
export async function seenOf(
  aws: LocalAws,
  { store }: Fleet,
  place: FleetCanary,
  known: {
    readonly bad: boolean
    readonly brokenAt: number | undefined
    readonly baseline: readonly string[]
  },
): Promise<SeenRollout> {
  const { canary } = place
  const execution = executionsOf(aws).find(({ name }) => name === `${canary}-1`)
  const record = await store.readRollout(canary, 1)
  const state = await store.readState(canary)
  const times = timesOf(execution?.history.events() ?? [])
  const free = state?.activeRollout === undefined && execution?.status !== 'RUNNING'
  const outcome = free ? record?.outcome : undefined
  const weights = weightsIn(aws, place)
  const { brokenAt } = known
  return {
    canary,
    bad: known.bad,
    started: execution !== undefined,
    outcome,
    sound:
      outcome === 'promoted'
        ? weights.every((weight) => / blue 0$| green [1-9]\d*$/.test(weight))
        : `${weights}` === `${known.baseline}`,
    reason: record?.reason ?? 'no rollout',
    ...times,
    ...(brokenAt === undefined || times.settledAt === undefined
      ? {}
      : { harmed: (times.settledAt - brokenAt) / 1_000 }),
  }
}
