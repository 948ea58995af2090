import { randomUUID } from 'node:crypto'
import type { HistoryEventType } from '@aws-sdk/client-sfn'
import { arnOf, REGION } from '../../account.ts'
import { on, type Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import { AwsError } from '../../wire/service.ts'
import type { Lambda } from '../lambda/index.ts'
import { LONGEST_WAIT_SECONDS, type TaskInput, type TaskState } from './local-definition.ts'
import type { Tokens, WaitingTask } from './tokens.ts'

/** Stands in the context object as the token; every attempt puts its own in the place of it. */
export const TOKEN_PLACEHOLDER = 'sluice-local-task-token'

/** Most bytes of a state's input, output or result. */
const MOST_BYTES = 256 * 1024

/** The failure of a task: its name is what Retry and Catch compare, its message the Cause. */
export class TaskFailure extends Error {
  override readonly name: string

  constructor(error: string, cause: string) {
    super(cause)
    this.name = error
  }
}

/** Ends an execution past every Retry and Catch: the engine looks at these two members. */
export class Unstoppable extends TaskFailure {
  readonly isRetryable = false
  readonly isCatchable = false
}

export interface AttemptOptions {
  readonly lambda: Pick<Lambda, 'invoke'>
  readonly tokens: Tokens
  readonly machineArn: string
  /** @throws {AccessDenied} where the state machine's role does not allow it. */
  readonly require: (...requirements: readonly Requirement[]) => void
  readonly note: (type: HistoryEventType, details: object) => void
}

/** One attempt of a task state. */
export interface Attempt {
  readonly result: Promise<unknown>
  /** The engine has given it up: nothing that it still does is noted, and its token answers no more. */
  timeOut(): void
}

export function attempt(task: TaskState, input: TaskInput, options: AttemptOptions): Attempt {
  let over = false
  const waiting = task.waitsForToken ? options.tokens.open(options.machineArn) : undefined
  const resource = task.waitsForToken ? 'invoke.waitForTaskToken' : 'invoke'
  const note = (type: HistoryEventType, details: object = {}): void => {
    if (!over) options.note(type, { resourceType: 'lambda', resource, ...details })
  }

  const run = async (): Promise<unknown> => {
    const parameters = withToken(input.parameters, waiting)
    const { timeout: timeoutInSeconds } = input
    if (timeoutInSeconds > LONGEST_WAIT_SECONDS) {
      throw new Unstoppable(
        'States.Runtime',
        `local AWS waits at most ${LONGEST_WAIT_SECONDS} seconds, not ${timeoutInSeconds}`,
      )
    }
    note('TaskScheduled', {
      region: REGION,
      parameters: JSON.stringify(parameters),
      ...(timeoutInSeconds < LONGEST_WAIT_SECONDS ? { timeoutInSeconds } : {}),
    })
    note('TaskStarted')
    const invoked = invoke(parameters, options)
    const result = waiting ? await submitted(invoked, waiting, note) : await invoked
    const output = JSON.stringify(result) ?? 'null'
    if (Buffer.byteLength(output) > MOST_BYTES) {
      throw new Unstoppable(
        'States.DataLimitExceeded',
        `The state/task 'arn:aws:states:::lambda:${resource}' returned a result with a size exceeding the maximum number of bytes service limit.`,
      )
    }
    note('TaskSucceeded', { output })
    return JSON.parse(output)
  }

  const result = run().catch((error: Error) => {
    note('TaskFailed', { error: error.name, cause: error.message })
    throw error
  })
  return {
    result: result.finally(() => {
      over = true
      waiting?.close('answered')
    }),
    timeOut() {
      if (over) return
      note('TaskTimedOut', { error: 'States.Timeout' })
      over = true
      waiting?.close('timed-out')
    },
  }
}

/** Waits for the token's answer; an answer may come before the function that passed the token on returns. */
async function submitted(
  invoked: Promise<unknown>,
  waiting: WaitingTask,
  note: (type: HistoryEventType, details: object) => void,
): Promise<unknown> {
  let answered = false
  const afterwards = invoked.then((output) => {
    if (!answered) note('TaskSubmitted', { output: JSON.stringify(output) })
    return waiting.answered
  })
  const answer = await Promise.race([afterwards, waiting.answered])
  answered = true
  if (answer.kind === 'success') return answer.output
  throw new TaskFailure(answer.error, answer.cause)
}

async function invoke(
  parameters: unknown,
  { lambda, require }: Pick<AttemptOptions, 'lambda' | 'require'>,
): Promise<object> {
  const { FunctionName: name, Payload: payload, ...others } = parameters as Record<string, unknown>
  const foreign = Object.keys(others)[0]
  if (foreign || typeof name !== 'string') {
    throw new Unstoppable(
      'States.Runtime',
      foreign
        ? `local AWS does not have the parameter ${foreign} of lambda:invoke; it has FunctionName and Payload`
        : `FunctionName is ${JSON.stringify(name)}; it must be a function's name or ARN`,
    )
  }
  const invokeAllowed = async () => {
    const short = name
      .replace(/:\$LATEST$/, '')
      .split(':')
      .at(-1)
    require(...on('lambda:InvokeFunction', arnOf('lambda', `function:${short}`)))
    return lambda.invoke(name, payload ?? {}, randomUUID())
  }
  const result = await invokeAllowed().catch((error: unknown) => {
    if (error instanceof AccessDenied) throw new TaskFailure(...refused(error))
    if (error instanceof AwsError) throw new TaskFailure(`Lambda.${error.code}`, error.message)
    throw error
  })
  if (result.kind === 'failed') throw failureOf(result.error.errorType, result.payload)
  return { ExecutedVersion: '$LATEST', Payload: JSON.parse(result.payload), StatusCode: 200 }
}

/** As the Lambda client inside of Step Functions tells it. */
const refused = ({ message }: AccessDenied) =>
  [
    'Lambda.AWSLambdaException',
    `${message} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: ${randomUUID()}; Proxy: null)`,
  ] as const

/** Where the sandbox ended the function, by its timeout or memory, Step Functions knows no type. */
const failureOf = (errorType: string, cause: string): TaskFailure =>
  new TaskFailure(/^(Sandbox|Runtime)\./.test(errorType) ? 'Lambda.Unknown' : errorType, cause)

function withToken(parameters: unknown, waiting: WaitingTask | undefined): unknown {
  if (!waiting) return parameters
  const text = JSON.stringify(parameters)
  return JSON.parse(text.replaceAll(TOKEN_PLACEHOLDER, waiting.token))
}
