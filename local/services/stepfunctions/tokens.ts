import { randomBytes } from 'node:crypto'
import { AwsError } from '../../wire/service.ts'

export type TokenAnswer =
  | { readonly kind: 'success'; readonly output: unknown }
  | { readonly kind: 'failure'; readonly error: string; readonly cause: string }

interface OpenTask {
  state: 'open' | 'answered' | 'timed-out'
  readonly machineArn: string
  readonly answer: (answer: TokenAnswer) => void
}

/** One attempt of a task that waits; once it is closed, its token answers nothing more. */
export interface WaitingTask {
  readonly token: string
  readonly answered: Promise<TokenAnswer>
  close(how: 'answered' | 'timed-out'): void
}

export class Tokens {
  readonly #tasks = new Map<string, OpenTask>()

  open(machineArn: string): WaitingTask {
    // Long and without structure, as AWS's: nobody shall read anything out of it.
    const token = randomBytes(192).toString('base64url')
    const { promise, resolve } = Promise.withResolvers<TokenAnswer>()
    const task: OpenTask = { state: 'open', machineArn, answer: resolve }
    this.#tasks.set(token, task)
    return {
      token,
      answered: promise,
      close(how) {
        if (task.state === 'open') task.state = how
      },
    }
  }

  /** The state machine of a token's task; of an ended one too. */
  machineOf(token: string): string | undefined {
    return this.#tasks.get(token)?.machineArn
  }

  /** @throws {AwsError} where the task timed out, was answered already or never was. */
  answer(token: string | undefined, answer: TokenAnswer): void {
    const task = this.require(token)
    task.state = 'answered'
    task.answer(answer)
  }

  require(token: string | undefined): OpenTask {
    const task = this.#tasks.get(token ?? '')
    if (!task) throw new AwsError('InvalidToken', 'Invalid Token: it is of no task of local AWS')
    if (task.state === 'open') return task
    throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
  }
}
