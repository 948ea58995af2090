/**
 * Every error that Sluice throws on purpose. `code` is stable and is what a workflow's Retry and Catch match
 * (as the error's `name`); `retryable` says whether the same call may succeed later without anybody's doing.
 */
export abstract class SluiceError extends Error {
  abstract readonly code: string
  abstract readonly retryable: boolean

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
  }

  override get name(): string {
    return this.code
  }
}

/** Not wrong, only not done yet: ask again. The workflow's loops are retries of this. */
export class NotYetError extends SluiceError {
  readonly code = 'NotYet'
  readonly retryable = true
}

/** A service answered with a throttle, a 5xx or not at all. */
export class TransientError extends SluiceError {
  readonly code = 'Transient'
  readonly retryable = true
}

/** A definition that does not parse, or that points at nothing. Names path, value and mend. */
export class DefinitionError extends SluiceError {
  readonly code = 'DefinitionInvalid'
  readonly retryable = false
}

export class UnknownCanaryError extends SluiceError {
  readonly code = 'UnknownCanary'
  readonly retryable = false
}

/** The router's place is absent, ambiguous, or has something that Sluice must not touch. */
export class RouterError extends SluiceError {
  readonly code = 'RouterRefused'
  readonly retryable = false
}

/** The candidate cannot take traffic: no tasks wanted, never ready, not enough capacity in time. */
export class CandidateError extends SluiceError {
  readonly code = 'CandidateNotReady'
  readonly retryable = false
}

/** Another execution holds the rollout, or the rollout has ended: stop without touching traffic. */
export class HoldLostError extends SluiceError {
  readonly code = 'HoldLost'
  readonly retryable = false
}

/** A service took the call but refuses what it asks for: not allowed, or malformed. */
export class ProviderError extends SluiceError {
  readonly code = 'ProviderRefused'
  readonly retryable = false
}

/** The canary's role cannot be assumed: absent, or it does not trust the function. Names role and mend. */
export class RoleError extends SluiceError {
  readonly code = 'RoleRefused'
  readonly retryable = false
}

/** A definition may not go, or point elsewhere, while a rollout is under way. Names the rollout and what to do. */
export class RolloutActiveError extends SluiceError {
  readonly code = 'RolloutActive'
  readonly retryable = false
}

/** A record of the table that somebody left impossible. Names record, attribute, value and mend. */
export class RecordError extends SluiceError {
  readonly code = 'RecordInvalid'
  readonly retryable = false
}

/** An event or request that does not have the expected shape. */
export class InputError extends SluiceError {
  readonly code = 'InputInvalid'
  readonly retryable = false
}

/** A signal asks to stop before the next change of traffic: somebody aborted, or a newer revision came. */
export class InterruptedError extends SluiceError {
  readonly code = 'Interrupted'
  readonly retryable = false
}

/** Recovery was tried so often that a person has to look. */
export class RecoveryExhaustedError extends SluiceError {
  readonly code = 'RecoveryExhausted'
  readonly retryable = false
}
