import type { RouterName } from '../environment/environment.ts'
import type { Act } from '../rollout/act.ts'

export interface Scenario {
  /** One line for `--help`. */
  readonly summary: string
  /** Where nobody chose one. */
  readonly routers: readonly RouterName[]
  /** How long the candidate may take to be ready: half a minute unless told. */
  readonly readyTimeout?: string
  /** One after the other, on each router. */
  readonly acts: readonly Act[]
}
