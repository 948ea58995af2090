import type { ExecutionStatus, HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn'
import { StateMachine } from 'aws-local-stepfunctions'
import { History, MOST_EVENTS } from './history.ts'
import { LONGEST_WAIT_SECONDS, type TaskInput } from './local-definition.ts'
import type { MachineRoles } from './machine-roles.ts'
import type { StateMachineRecord } from './state.ts'
import {
  type Attempt,
  type AttemptOptions,
  attempt,
  TOKEN_PLACEHOLDER,
  Unstoppable,
} from './task.ts'

export interface ExecutionDeps extends Pick<AttemptOptions, 'lambda' | 'tokens'> {
  readonly roles: MachineRoles
  /** Every change of status, the start among them. */
  readonly onStatus: (execution: Execution) => void
  readonly onHistory: (execution: Execution, event: HistoryEvent) => void
}

interface Ending {
  readonly output?: string
  readonly error?: string
  readonly cause?: string
}

type EngineRun = ReturnType<StateMachine['run']>
type EngineEvent = EngineRun['eventLogs'] extends AsyncGenerator<infer E> ? E : never

/** One run of a state machine: the engine underneath, and around it what only Step Functions has. */
export class Execution {
  readonly arn: string
  readonly name: string
  readonly machine: StateMachineRecord
  readonly input: string
  readonly startDate = new Date()
  readonly history: History
  status: ExecutionStatus = 'RUNNING'
  stopDate: Date | undefined
  ending: Ending = {}

  readonly #deps: ExecutionDeps
  readonly #run: EngineRun
  readonly #ended = Promise.withResolvers<never>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #inTask = false
  #attempt: Attempt | undefined
  /** Lets the attempt that the engine has begun go on, once its state stands in the history. */
  #begin: (() => void) | undefined

  constructor(machine: StateMachineRecord, name: string, input: string, deps: ExecutionDeps) {
    this.machine = machine
    this.name = name
    this.arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`
    this.input = input
    this.#deps = deps
    this.history = new History((event) => deps.onHistory(this, event))
    // Without an attempt in flight nobody waits for it.
    this.#ended.promise.catch(() => undefined)
    const { roleArn } = machine
    this.history.append('ExecutionStarted', { input, inputDetails: { truncated: false }, roleArn })
    this.#run = this.#start()
    this.#limit(machine.local.timeoutSeconds)
    deps.onStatus(this)
    deps.roles.observe(machine)
    void this.#follow()
  }

  /** At once, and past every Catch. */
  stop(error?: string, cause?: string): void {
    this.#end('ABORTED', 'ExecutionAborted', {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    })
  }

  #start(): EngineRun {
    const { local, arn, name } = this.machine
    const engine = new StateMachine(local.definition, { validationOptions: { noValidate: true } })
    const handlers = local.tasks.map((task) => [
      task.name,
      (input: unknown) => this.#task(task, input as TaskInput),
    ])
    const run = engine.run(JSON.parse(this.input), {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
      context: {
        Execution: { Id: this.arn, Name: this.name, RoleArn: this.machine.roleArn },
        StateMachine: { Id: arn, Name: name },
        Task: { Token: TOKEN_PLACEHOLDER },
      },
    })
    // The event log tells the end too, and tells it in order.
    run.result.catch(() => undefined)
    return run
  }

  /**
   * The engine goes on for a moment after it was stopped: it may call this once more, or wait for an attempt that
   * still runs. Both end in an error that it neither retries nor catches.
   */
  async #task(
    task: StateMachineRecord['local']['tasks'][number],
    input: TaskInput,
  ): Promise<never> {
    const begun = new Promise<void>((resolve) => {
      this.#begin = resolve
    })
    await Promise.race([begun, this.#ended.promise])
    if (this.status !== 'RUNNING') return this.#ended.promise
    const { lambda, tokens, roles } = this.#deps
    const current = attempt(task, input, {
      lambda,
      tokens,
      machineArn: this.machine.arn,
      require: (...requirements) => roles.require(this.machine, this.name, requirements),
      note: (type, details) => this.#note(type, details),
    })
    this.#attempt = current
    return Promise.race([current.result, this.#ended.promise]) as Promise<never>
  }

  async #follow(): Promise<void> {
    for await (const event of this.#run.eventLogs) {
      if (this.status === 'RUNNING') this.#tell(event)
    }
  }

  #tell(event: EngineEvent): void {
    const at = new Date(event.timestamp)
    switch (event.type) {
      case 'StateEntered': {
        const { name, type, input } = event.state
        this.#inTask = type === 'Task'
        this.#note(
          `${type}StateEntered` as HistoryEventType,
          { name, input: JSON.stringify(input) },
          at,
        )
        // The engine runs ahead of its log: a task may wait here while the choice before it is still being told.
        if (type === 'Task') this.#letBegin()
        return
      }
      case 'StateRetried':
        this.#letBegin()
        return
      case 'StateFailed':
        if (event.Error === 'States.Timeout') this.#attempt?.timeOut()
        return
      case 'StateExited': {
        const { name, type, output } = event.state
        this.#note(
          `${type}StateExited` as HistoryEventType,
          { name, output: JSON.stringify(output) },
          at,
        )
        this.#inTask = false
        return
      }
      case 'ExecutionSucceeded':
        this.#end('SUCCEEDED', 'ExecutionSucceeded', {
          output: JSON.stringify(event.output),
        })
        return
      case 'ExecutionFailed': {
        const cause = typeof event.Cause === 'string' ? event.Cause : JSON.stringify(event.Cause)
        this.#end('FAILED', 'ExecutionFailed', { error: event.Error, cause })
      }
    }
  }

  #letBegin(): void {
    this.#begin?.()
    this.#begin = undefined
  }

  #note(type: HistoryEventType, details: object, at = new Date()): void {
    if (this.status !== 'RUNNING') return
    this.history.append(type, details, at)
    if (!this.history.isFull()) return
    this.#end('FAILED', 'ExecutionFailed', {
      error: 'States.Runtime',
      cause: `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
    })
  }

  #end(status: ExecutionStatus, type: HistoryEventType, ending: Ending): void {
    if (this.status !== 'RUNNING') return
    if (this.#inTask && status !== 'FAILED' && status !== 'SUCCEEDED') {
      this.history.append('TaskStateAborted')
    }
    this.history.append(type, ending)
    this.status = status
    this.stopDate = new Date()
    this.ending = ending
    clearTimeout(this.#timer)
    this.#attempt?.timeOut()
    this.#ended.reject(new Unstoppable('States.ExecutionEnded', `${this.name} is ${status}`))
    this.#run.abort()
    this.#deps.onStatus(this)
  }

  /** Piece by piece: a timer takes less than a month, an execution may take a year. */
  #limit(seconds: number | undefined): void {
    if (seconds === undefined) return
    const piece = Math.min(seconds, LONGEST_WAIT_SECONDS)
    this.#timer = setTimeout(() => {
      if (seconds > piece) return this.#limit(seconds - piece)
      this.#end('TIMED_OUT', 'ExecutionTimedOut', { error: 'States.Timeout' })
    }, piece * 1000)
  }
}
