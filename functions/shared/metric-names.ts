/** Where the functions' metrics are, unless the stack says otherwise. */
export const METRICS_NAMESPACE = 'Sluice'

/** The dimension of metrics about one canary. Each of them is there without any dimension too, for all together. */
export const CANARY_DIMENSION = 'canary'

/** Every metric that the functions emit, with its unit in CloudWatch. */
export const METRICS = {
  /** A rollout was claimed and its execution started. */
  RolloutStarted: 'Count',
  /** A newer revision waits for the active rollout's end. */
  RolloutQueued: 'Count',
  Promoted: 'Count',
  /** The baseline stands again, verified; or it was never left. */
  FailedBack: 'Count',
  /** The candidate's share of the traffic, as it was read back. Of a canary only: shares of several have no sum. */
  Weight: 'Percent',
  /** Verdicts of checks, one a check and look. */
  VerdictPassed: 'Count',
  VerdictFailed: 'Count',
  VerdictInconclusive: 'Count',
  VerdictError: 'Count',
  /** From the decision to fail back until the baseline was verified. */
  FailBackSeconds: 'Seconds',
  /** The guard started a recovery of what a dead execution left. */
  Recovering: 'Count',
  /** An attempt of Fail Back ended in an error; it is tried again. */
  FailBackFailed: 'Count',
  /** An invocation, or one record of a batch, ended in an error that is none of a rollout's ordinary ends. */
  FunctionFailed: 'Count',
  SignalRecorded: 'Count',
  /** A definition was written or removed. */
  DefinitionChanged: 'Count',
  EventIgnored: 'Count',
} as const

export type MetricName = keyof typeof METRICS
