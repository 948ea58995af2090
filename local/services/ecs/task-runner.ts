/** What runs the containers of a task. The scheduler knows nothing else of them. */
export interface TaskRunner {
  start(spec: TaskSpec): RunningTaskHandle
}

export interface TaskSpec {
  readonly taskArn: string
  /** `family:revision`, for what the container reports of itself. */
  readonly revision: string
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  /** The ports that the container says it serves. The address that it is reached at is the runner's to choose. */
  readonly ports: readonly number[]
  /** Milliseconds between asking the container to stop and ending it. */
  readonly stopTimeout: number
}

export interface TaskExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface RunningTaskHandle {
  /** Where the container serves, once it does. Rejects with a `TaskStartError` where it cannot be started. */
  readonly address: Promise<{ readonly host: string; readonly port: number }>
  /** Asks the container to stop, ends it after the stop timeout, and resolves when it is gone. */
  stop(): Promise<void>
  /** Called once, also where the exit was asked for; at once where it has exited already. */
  onExit(listener: (exit: TaskExit) => void): void
}

/** A container that never came to run; `code` is ECS's, e.g. `CannotPullContainerError`. */
export class TaskStartError extends Error {
  override readonly name = 'TaskStartError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
