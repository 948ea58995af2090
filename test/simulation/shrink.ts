import type { Simulated } from './run.ts'
import type { Scenario } from './scenario.ts'

/** More tries than a failure is worth; a scenario has at most a dozen parts. */
const MOST_TRIES = 60

/**
 * Leaves out happenings and faults as long as one of the same rules stays violated. The first happening deploys, and
 * without it nothing happens at all.
 */
export async function shrink(
  scenario: Scenario,
  rules: readonly string[],
  run: (scenario: Scenario) => Promise<Simulated>,
): Promise<Scenario> {
  let smallest = scenario
  let tries = 0
  const stillFails = async (candidate: Scenario): Promise<boolean> => {
    tries += 1
    const { violations } = await run(candidate)
    return violations.some(({ rule }) => rules.includes(rule))
  }
  for (let shrunk = true; shrunk && tries < MOST_TRIES; ) {
    shrunk = false
    for (const id of idsOf(smallest)) {
      if (tries >= MOST_TRIES) break
      const candidate = only(smallest, (one) => one !== id)
      if (await stillFails(candidate)) {
        smallest = candidate
        shrunk = true
      }
    }
  }
  return smallest
}

/** What may be left out. */
export const idsOf = ({ happenings, faults }: Scenario): string[] =>
  [...faults, ...happenings.slice(1)].map(({ id }) => id)

/** The scenario with those of its happenings and faults alone. */
export const only = (scenario: Scenario, keeps: (id: string) => boolean): Scenario => ({
  ...scenario,
  happenings: scenario.happenings.filter(({ id }, index) => index === 0 || keeps(id)),
  faults: scenario.faults.filter(({ id }) => keeps(id)),
})
