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

/** From the start, or from a redrive, to the next end. What an earlier leg still does counts for nothing. */
interface Leg {
  run: EngineRun | undefined
  readonly ended: PromiseWithResolvers<never>
  inTask: boolean
  attempt: Attempt | undefined
  /** Lets the attempt that the engine has begun go on, once its state stands in the history. */
  begin: (() => void) | undefined
  /** A state that was left without another entered yet: told with what follows, so that no stop comes between. */
  exited: (() => void) | undefined
  /** A state that was entered before the redrive: it is scheduled again, not entered again. */
  again: string | undefined
}

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
  redriveCount = 0
  redriveDate: Date | undefined

  readonly #deps: ExecutionDeps
  #leg: Leg
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(machine: StateMachineRecord, name: string, input: string, deps: ExecutionDeps) {
    this.machine = machine
    this.name = name
    this.arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`
    this.input = input
    this.#deps = deps
    this.history = new History((event) => deps.onHistory(this, event))
    const { roleArn } = machine
    this.history.append('ExecutionStarted', { input, inputDetails: { truncated: false }, roleArn })
    this.#leg = this.#start(machine.local.definition.StartAt, input)
    deps.onStatus(this)
    deps.roles.observe(machine)
  }

  /** At once, and past every Catch. */
  stop(error?: string, cause?: string): void {
    this.#end('ABORTED', 'ExecutionAborted', {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    })
  }

  /**
   * Goes on from the state that it ended in, with that state's input, under the definition that it had; retries and
   * timeouts are counted anew. Whether it may is for the caller to look at.
   */
  redrive(): void {
    const last = this.history.events().findLast(({ type }) => type?.endsWith('StateEntered'))
    const { name = this.machine.local.definition.StartAt, input = this.input } =
      last?.stateEnteredEventDetails ?? {}
    this.redriveCount += 1
    this.redriveDate = new Date()
    this.status = 'RUNNING'
    this.stopDate = undefined
    this.ending = {}
    this.history.append('ExecutionRedriven', { redriveCount: this.redriveCount })
    this.#leg = this.#start(name, input, last ? name : undefined)
    this.#deps.onStatus(this)
  }

  #start(startAt: string, input: string, again?: string): Leg {
    const { local, arn, name } = this.machine
    const engine = new StateMachine(
      { ...local.definition, StartAt: startAt },
      { validationOptions: { noValidate: true } },
    )
    const ended = Promise.withResolvers<never>()
    // Without an attempt in flight nobody waits for it.
    ended.promise.catch(() => undefined)
    const leg: Leg = {
      run: undefined,
      ended,
      inTask: false,
      attempt: undefined,
      begin: undefined,
      exited: undefined,
      again,
    }
    const handlers = local.tasks.map((task) => [
      task.name,
      (parameters: unknown) => this.#task(leg, task, parameters as TaskInput),
    ])
    const run = engine.run(JSON.parse(input), {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
      context: {
        Execution: { Id: this.arn, Name: this.name, RoleArn: this.machine.roleArn },
        StateMachine: { Id: arn, Name: name },
        Task: { Token: TOKEN_PLACEHOLDER },
      },
    })
    // The event log tells the end too, and tells it in order.
    run.result.catch(() => undefined)
    leg.run = run
    this.#limit(local.timeoutSeconds)
    void this.#follow(leg, run)
    return leg
  }

  /**
   * The engine goes on for a moment after it was stopped: it may call this once more, or wait for an attempt that
   * still runs. Both end in an error that it neither retries nor catches.
   */
  async #task(
    leg: Leg,
    task: StateMachineRecord['local']['tasks'][number],
    input: TaskInput,
  ): Promise<never> {
    const begun = new Promise<void>((resolve) => {
      leg.begin = resolve
    })
    await Promise.race([begun, leg.ended.promise])
    if (!this.#runs(leg)) return leg.ended.promise
    const { lambda, tokens, roles } = this.#deps
    const current = attempt(task, input, {
      lambda,
      tokens,
      machineArn: this.machine.arn,
      require: (...requirements) => roles.require(this.machine, this.name, requirements),
      note: (type, details) => {
        if (this.#runs(leg)) this.#note(type, details)
      },
    })
    leg.attempt = current
    return Promise.race([current.result, leg.ended.promise]) as Promise<never>
  }

  #runs(leg: Leg): boolean {
    return this.status === 'RUNNING' && this.#leg === leg
  }

  async #follow(leg: Leg, { eventLogs }: EngineRun): Promise<void> {
    for await (const event of eventLogs) {
      if (this.#runs(leg)) this.#tell(leg, event)
    }
  }

  #tell(leg: Leg, event: EngineEvent): void {
    const at = new Date(event.timestamp)
    const { exited } = leg
    if (exited && event.type !== 'StateExited') {
      leg.exited = undefined
      exited()
    }
    switch (event.type) {
      case 'StateEntered': {
        const { name, type, input } = event.state
        leg.inTask = type === 'Task'
        // AWS "schedules and starts" a task again and "reenters" a Fail state. (unverified: the order of the events)
        const entered = leg.again !== name || type !== 'Task'
        leg.again = undefined
        if (entered) {
          this.#note(
            `${type}StateEntered` as HistoryEventType,
            { name, input: JSON.stringify(input) },
            at,
          )
        }
        // The engine runs ahead of its log: a task may wait here while the choice before it is still being told.
        if (type === 'Task') letBegin(leg)
        return
      }
      case 'StateRetried':
        letBegin(leg)
        return
      case 'StateFailed':
        if (event.Error === 'States.Timeout') leg.attempt?.timeOut()
        return
      case 'StateExited': {
        const { name, type, output } = event.state
        leg.exited = () => {
          leg.inTask = false
          this.#note(
            `${type}StateExited` as HistoryEventType,
            { name, output: JSON.stringify(output) },
            at,
          )
        }
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
    const leg = this.#leg
    if (leg.inTask && status !== 'FAILED' && status !== 'SUCCEEDED') {
      this.history.append('TaskStateAborted')
    }
    this.history.append(type, ending)
    this.status = status
    this.stopDate = new Date()
    this.ending = ending
    clearTimeout(this.#timer)
    leg.attempt?.timeOut()
    leg.ended.reject(new Unstoppable('States.ExecutionEnded', `${this.name} is ${status}`))
    leg.run?.abort()
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

function letBegin(leg: Leg): void {
  leg.begin?.()
  leg.begin = undefined
}
