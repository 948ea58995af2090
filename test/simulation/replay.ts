import type { Scenario } from './scenario.ts'
import { idsOf, only } from './shrink.ts'

/** A scenario with some of its happenings and faults alone, as the command names them. */
export function replayed(
  scenario: Scenario,
  ids: string | undefined,
):
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | { readonly kind: 'refused'; readonly reason: string } {
  if (ids === undefined) return { kind: 'scenario', scenario }
  const kept = ids === 'none' ? [] : ids.split(',').map((id) => id.trim())
  const known = idsOf(scenario)
  const unknown = kept.find((id) => !known.includes(id))
  if (unknown !== undefined) {
    const reason = `--replay names "${unknown}", and seed ${scenario.seed} has ${known.join(', ') || 'none'}`
    return { kind: 'refused', reason }
  }
  return { kind: 'scenario', scenario: only(scenario, (id) => kept.includes(id)) }
}
