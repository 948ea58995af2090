/** How far a hook is, on the rollout's record: what keeps a retry from running it again. */
export interface HookRun {
  /** The key of the request: the same at every invocation. */
  readonly id: string
  /**
   * `pass` and `fail` are the function's own answers, or what `onFailure` made of a function that did not give one.
   * `continued` is one that failed and is not minded.
   */
  readonly status: 'in-progress' | 'pass' | 'fail' | 'continued'
  readonly reason: string
  /** Milliseconds since the epoch of the first invocation. */
  readonly since: number
  readonly invocations: number
  /** Invocations in a row without an answer. */
  readonly failures: number
  /** When it is asked again, milliseconds since the epoch. */
  readonly again?: number
}

/** By point, step and name: `afterStep/2/smoke`, `beforePromote/load-test`. */
export type HookRuns = Readonly<Record<string, HookRun>>
