import type { Release } from '../environment/services.ts'
import type { Stage } from '../stage.ts'
import type { Outcome } from './records.ts'

/** What a disturbance may lay hands on. */
export interface Disturbed {
  readonly stage: Stage
  readonly canary: string
  /** The execution that runs the rollout, by name. */
  readonly execution: string
  /** The candidate's revision as tasks name it, `family:number`. */
  readonly revision: string
}

/** One rollout of a scenario: how it starts, what befalls it and how it should end. */
export interface Act {
  readonly title: string
  readonly start:
    | { readonly by: 'deployment'; readonly release: Release }
    /** `Triggered` is set to false in the table. */
    | { readonly by: 'reset' }
  readonly disturbance?: {
    /** The candidate's verified share from which on it happens. */
    readonly atWeight: number
    readonly what: string
    readonly happen: (given: Disturbed) => Promise<void>
  }
  readonly expected: Outcome
}
