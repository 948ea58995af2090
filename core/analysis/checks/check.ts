import { brief } from '../../model/brief.ts'
import type { CheckDefinition, CheckOf, SlotDefinition } from '../../model/definition.ts'
import type { Slot } from '../../model/slot.ts'
import type { Verdict, VerdictKind } from '../../model/verdict.ts'
import type { Reach } from '../../ports.ts'

/** What a check may ask. */
export type CheckPorts = Pick<Reach, 'services' | 'targetGroups' | 'alarms' | 'metrics'>

/** What a check knows of the rollout. Times are milliseconds since the epoch. */
export interface CheckContext {
  readonly now: number
  readonly candidate: Slot
  readonly place: SlotDefinition
  readonly revision: string
  /** Whether another revision in the candidate's service ends the rollout. */
  readonly supersedes: boolean
  readonly rolloutStartedAt: number
  readonly stepStartedAt: number
}

export type Check<Type extends CheckDefinition['type']> = (
  ports: CheckPorts,
  definition: CheckOf<Type>,
  context: CheckContext,
) => Promise<Verdict>

/** A verdict over the time since the rollout began, unless told otherwise. */
export function verdict(
  definition: { readonly name: string },
  context: CheckContext,
  given: {
    readonly kind: VerdictKind
    readonly reason: string
    readonly source: string
    readonly numbers?: Readonly<Record<string, number>>
    readonly window?: { readonly from: number; readonly to: number }
  },
): Verdict {
  return {
    check: definition.name,
    kind: given.kind,
    reason: brief(given.reason),
    numbers: given.numbers ?? {},
    source: given.source,
    window: given.window ?? { from: context.rolloutStartedAt, to: context.now },
  }
}
