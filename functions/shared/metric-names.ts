/** Where the functions' metrics are, unless the stack says otherwise. */
export const METRICS_NAMESPACE = 'Sluice'

/** The dimension that Powertools gives every metric, and what it is for all of Sluice's functions. */
export const SERVICE_DIMENSION = 'service'
export const SERVICE = 'sluice'

/** The dimension that tells canaries apart; never without that of the service. */
export const CANARY_DIMENSION = 'canary'

/**
 * Metrics with their units in CloudWatch. Each is there over all canaries, under the service alone, which is what an
 * alarm can look at however many canaries there are; and where the canary is known, of that one, under both dimensions.
 */
export const METRICS = {
  /** A rollout was claimed and its execution started. */
  RolloutStarted: 'Count',
  /** A newer revision waits for the active rollout's end. */
  RolloutQueued: 'Count',
  Promoted: 'Count',
  /** The baseline stands again, verified; or it was never left. */
  FailedBack: 'Count',
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

/** Metrics of one canary only, under both dimensions: over several they have no sum and no mean that means anything. */
export const CANARY_METRICS = {
  /** The candidate's share of the traffic, as it was read back. */
  Weight: 'Percent',
} as const

export type MetricName = keyof typeof METRICS
export type CanaryMetricName = keyof typeof CANARY_METRICS
