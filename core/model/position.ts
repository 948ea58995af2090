import type { WorkflowInput } from '../ports.ts'
import type { Weight } from './routing.ts'

/** What to do next; the workflow's `Decide` follows it. */
export type DecisionKind = 'bake' | 'shift' | 'promote' | 'fail-back' | 'hold'

/**
 * What every state of the workflow passes on, and so what a person sees in the console: small, and the same
 * keys throughout.
 */
export interface Position extends WorkflowInput {
  readonly step: number
  readonly weight: Weight
  readonly reason: string
  readonly decision: DecisionKind | 'ready' | 'verify' | 'promoted' | 'failed-back'
  /** How long the next bake or hold may last at most; at least 1. */
  readonly seconds: number
  /** Looks on the record when this was decided: tells a bake that is over from the one that waits. */
  readonly looks?: number
  /** After a promotion: seconds until the old slot is scaled down. Absent where it is not. */
  readonly keepWarm?: number
}

/** What a workflow's task hands to its function. */
export interface WorkflowTask<Input = Position> {
  /** The execution's name: who asks for the hold. */
  readonly execution: string
  readonly input: Input & { readonly error?: { readonly Error: string; readonly Cause: string } }
  /** Only for tasks that wait for an answer. */
  readonly token?: string
  readonly waitingFor?: 'bake' | 'approval'
}
