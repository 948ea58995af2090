import type { Slot } from './model/slot.ts'

/** What an execution is started with: derived from the claim alone, so that every retry is the same to the byte. */
export interface WorkflowInput {
  readonly canary: string
  readonly rollout: string
  readonly attempt: number
  readonly candidate: Slot
  readonly revision: string
  /** Present only where `guard` starts an execution to fail back what another one left: why. */
  readonly recover?: string
}

/** How an execution may have ended, in the words of Step Functions. */
export type Ending = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

export interface ExecutionView {
  readonly status: 'RUNNING' | Ending
  /** Its error and cause, where it ended with them. */
  readonly cause?: string
}

export interface Workflows {
  /** Idempotent by name: an execution of that name, running or ended, is `already-started`. */
  start(
    name: string,
    input: WorkflowInput,
  ): Promise<{ readonly kind: 'started' | 'already-started'; readonly execution: string }>
  /**
   * Eventually consistent: what has ended a moment ago may still be told as running.
   * `undefined` where Step Functions has no execution of that name.
   */
  describe(name: string): Promise<ExecutionView | undefined>
  /** Answers a waiting task. `gone` where the token was answered before, timed out or is unknown. */
  answer(token: string, output: Readonly<Record<string, unknown>>): Promise<'answered' | 'gone'>
}

/** Messages to `guard` that a rollout has to be looked after. */
export interface Reminders {
  /** Comes after `REMINDER_SECONDS`, at least once. */
  put(claim: WorkflowInput): Promise<void>
}
