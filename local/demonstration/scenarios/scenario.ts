import type { RouterName } from '../environment/environment.ts'
import type { Act } from '../rollout/act.ts'

export interface Scenario {
  /** One line for `--help`. */
  readonly summary: string
  /** Where nobody chose one. */
  readonly routers: readonly RouterName[]
  /** Requests a second, of all clients together. */
  readonly rate?: number
  /** What both slots' versions have in common, as variables of the sample application. */
  readonly application?: Readonly<Record<string, string>>
  /** Both slots' versions cannot answer without a service that they share. */
  readonly dependency?: boolean
  /** What stands otherwise in the canary's definition, field by field, than the example's template says. */
  readonly definition?: Readonly<Record<string, unknown>>
  /** One after the other, on each router. */
  readonly acts: readonly Act[]
}
