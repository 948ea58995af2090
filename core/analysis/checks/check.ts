import { brief } from '../../model/brief.ts'
import type { CheckDefinition, CheckOf, SlotDefinition } from '../../model/definition.ts'
import type { Memory } from '../../model/memory.ts'
import type { Place } from '../../model/placeholders.ts'
import type { Slot } from '../../model/slot.ts'
import type { Verdict, VerdictKind } from '../../model/verdict.ts'
import type { Ports, Reach } from '../../ports.ts'

/** What a check may ask. */
export type CheckPorts = Pick<
  Reach,
  'services' | 'targetGroups' | 'alarms' | 'metrics' | 'lambdas'
> &
  Pick<Ports, 'http'>

/** What a check knows of the rollout. Times are milliseconds since the epoch. */
export interface CheckContext {
  readonly now: number
  readonly canary: string
  readonly rollout: string
  readonly candidate: Slot
  readonly slots: Readonly<Record<Slot, SlotDefinition>>
  readonly revision: string
  /** Whether another revision in the candidate's service ends the rollout. */
  readonly supersedes: boolean
  readonly rolloutStartedAt: number
  readonly step: number
  readonly steps: number
  /** The candidate's achieved share, in percent. */
  readonly weight: number
  readonly stepStartedAt: number
  /** Seconds between looks. */
  readonly interval: number
  /** Looks before this one. */
  readonly looks: number
  /** The `alpha` of every comparison of the rollout: they share one budget of errors. */
  readonly alphas: readonly number[]
  /** What `promoteEarly` asks of comparisons of requests. */
  readonly promoteEarlyBound?: number | undefined
  /** While the candidate is made larger for its next share: tasks that the present one needs. */
  readonly growingFrom?: number | undefined
}

/** A verdict, and what the check remembers for its next run; nothing where it is absent. */
export interface Answer {
  readonly verdict: Verdict
  readonly memory?: Memory
}

export type Check<Type extends CheckDefinition['type']> = (
  ports: CheckPorts,
  definition: CheckOf<Type>,
  context: CheckContext,
  memory?: Memory,
) => Promise<Verdict | Answer>

/** The slot with its name, as placeholders need it. */
export function placeOf({ slots }: Pick<CheckContext, 'slots'>, slot: Slot): Place {
  return { ...slots[slot], slot }
}

/** A verdict over the time since the rollout began, unless told otherwise. */
export function verdict(
  definition: Pick<CheckDefinition, 'name' | 'effect'>,
  context: Pick<CheckContext, 'now' | 'rolloutStartedAt'>,
  given: {
    readonly kind: VerdictKind
    readonly reason: string
    readonly source: string
    readonly numbers?: Readonly<Record<string, number>>
    readonly window?: { readonly from: number; readonly to: number }
    readonly tooLittle?: true
  },
): Verdict {
  return {
    check: definition.name,
    kind: given.kind,
    ...(definition.effect === 'required' ? {} : { effect: definition.effect }),
    reason: brief(given.reason),
    numbers: given.numbers ?? {},
    source: brief(given.source, MOST_SOURCE),
    window: given.window ?? { from: context.rolloutStartedAt, to: context.now },
    ...(given.tooLittle ? { tooLittle: true } : {}),
    at: context.now,
  }
}

/** Bytes of a source: a hundred alarms' names are no evidence. */
const MOST_SOURCE = 300
