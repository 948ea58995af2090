import type { Environment } from '../environment/environment.ts'
import type { Release } from '../environment/release.ts'
import type { Stage } from '../stage.ts'
import type { Outcome } from './records.ts'

/** What whoever disturbs a rollout may lay hands on. */
export interface Place {
  readonly stage: Stage
  readonly environment: Environment
}

export interface Disturbed extends Place {
  /** The execution that runs the rollout, by name. */
  readonly execution: string
  /** The candidate's revision as tasks name it, `family:number`. */
  readonly revision: string
}

/** How a rollout should end. */
export interface Expected {
  readonly outcome: Outcome
  /** A person was asked on the way: there was no clear answer. */
  readonly held?: boolean
}

export interface Disturbance {
  /** The candidate's verified share from which on it happens. */
  readonly atWeight: number
  readonly what: string
  readonly happen: (given: Disturbed) => Promise<void>
}

/** One rollout of a scenario: how it starts, what befalls it and how it should end. */
export interface Act {
  readonly title: string
  /** Done to the environment before the rollout starts. */
  readonly before?: {
    readonly what: string
    readonly happen: (given: Place) => Promise<void>
  }
  readonly start:
    | { readonly by: 'deployment'; readonly release: Release }
    /** `Triggered` is set to false in the table. */
    | { readonly by: 'reset' }
  readonly disturbance?: Disturbance
  readonly expected: Expected
}
