/** What may keep a step up from happening, in the order in which it is looked at. Failing back is never gated. */
export type GateKind = 'pause' | 'line' | 'freeze' | 'window' | 'approval' | 'capacity'

/** A closed gate, as it stands on the rollout's record. */
export interface Gate {
  readonly kind: GateKind
  /** The step that it keeps from happening; one more than the plan has steps stands for the promotion. */
  readonly step: number
  /** When it was first found closed, milliseconds since the epoch. */
  readonly since: number
  /** When it opens, or is given up: milliseconds since the epoch; absent where nobody knows. */
  readonly until?: number
  /** Reads as a sentence. */
  readonly reason: string
}
