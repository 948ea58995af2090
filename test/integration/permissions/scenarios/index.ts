import type { Scenario } from '../scenario.ts'
import { CAPACITY } from './capacity.ts'
import { DEFINITIONS } from './definitions.ts'
import { FAILURES } from './failures.ts'
import { FUNCTIONS_OF_THE_TEAM } from './functions-of-the-team.ts'
import { INTERRUPTIONS } from './interruptions.ts'
import { ROLLOUTS } from './rollouts.ts'

/** All that a controller and a canary's role are there for. */
export const SCENARIOS: readonly Scenario[] = [
  ...ROLLOUTS,
  ...CAPACITY,
  ...FUNCTIONS_OF_THE_TEAM,
  ...INTERRUPTIONS,
  ...DEFINITIONS,
  ...FAILURES,
]
