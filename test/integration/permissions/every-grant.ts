import type { Decision } from '../../../local/services/iam/index.ts'
import type { LocalCanary } from '../../fixtures/in-process/local-canary.ts'
import { roleStatements } from './role-definitions.ts'
import { idOf, type RoleGrant, roleGrants, withoutGrant } from './role-grants.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { type Played, play, readTemplate, withTemplate } from './stage.ts'
import { type TemplateGrant, templateGrants } from './template-grants.ts'

/** A grant, and how a scenario is played without it. */
export interface Tried {
  readonly id: string
  readonly action: string
  without(scenario: Scenario): Promise<Played>
}

export function grantsOfTemplate(assembly: string): readonly Tried[] {
  return templateGrants(readTemplate(assembly)).map((grant) => ({
    id: grant.id,
    action: grant.action,
    without: (scenario) =>
      withTemplate(assembly, grant.remove, (template) => play(scenario, { template })),
  }))
}

export function grantsOfRoles(): readonly Tried[] {
  const all = SCENARIOS.flatMap((scenario) => roleGrants(roleStatements(scenario)))
  const each = new Map(all.map((grant) => [grant.id, grant]))
  return [...each.values()].map((grant: RoleGrant) => ({
    id: grant.id,
    action: grant.action,
    without: (scenario) => play(scenario, { canaryGrants: withoutGrant(grant) }),
  }))
}

/** By grant, the scenarios in which it allowed something, those that took the least time first. */
export type Uses = ReadonlyMap<string, readonly Scenario[]>

/**
 * Plays scenarios once with all grants of an assembly's template, and notes which ones were used.
 * @throws where one does not end as it should.
 */
export async function recordUses(
  assembly: string,
  scenarios: readonly Scenario[] = SCENARIOS,
): Promise<Uses> {
  const grants = templateGrants(readTemplate(assembly))
  const times = new Map<Scenario, number>()
  const uses = new Map<string, Set<Scenario>>()
  for (const scenario of scenarios) {
    const begun = process.cpuUsage()
    const { failure, decisions, canary } = await play(scenario, { template: assembly })
    const { user, system } = process.cpuUsage(begun)
    times.set(scenario, user + system)
    if (failure || !canary) throw new Error(`${scenario.name}: ${failure}`)
    for (const id of usedIn(scenario, canary, decisions, grants)) {
      uses.set(id, (uses.get(id) ?? new Set()).add(scenario))
    }
  }
  const inOrder = (of: ReadonlySet<Scenario>) =>
    [...of].sort((one, other) => (times.get(one) ?? 0) - (times.get(other) ?? 0))
  return new Map([...uses].map(([id, of]) => [id, inOrder(of)]))
}

function usedIn(
  scenario: Scenario,
  { deployed }: LocalCanary,
  decisions: readonly Decision[],
  grants: readonly TemplateGrant[],
): ReadonlySet<string> {
  const ids = new Map(grants.map((grant) => [JSON.stringify(grant.used(deployed)), grant.id]))
  const statements = roleStatements(scenario)
  const used = decisions.flatMap((decision) => [
    ...decision.by.flatMap(({ place, action, resource }) => {
      return ids.get(JSON.stringify({ place, action, resource })) ?? []
    }),
    ...idOf(decision, statements),
  ])
  return new Set(used)
}

/**
 * Whether some scenario ends otherwise without a grant, for having been refused just that.
 * @throws naming the grant, where none does.
 */
export async function requireNeeded(grant: Tried, uses: Uses): Promise<void> {
  const scenarios = uses.get(grant.id) ?? []
  if (scenarios.length === 0) throw new Error(`${grant.id}: no scenario uses it`)
  for (const scenario of scenarios) {
    const { failure, decisions } = await grant.without(scenario)
    const refused = decisions.some(
      ({ action, by }) => by.length === 0 && action.toLowerCase() === grant.action.toLowerCase(),
    )
    if (failure && refused) return
    if (failure) throw new Error(`${grant.id}: ${scenario.name}: ${failure}; it was not refused`)
  }
  const names = scenarios.map(({ name }) => name).join(', ')
  throw new Error(`${grant.id}: nothing needs it; without it all goes well that uses it: ${names}`)
}
