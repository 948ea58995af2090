import { AsyncLocalStorage } from 'node:async_hooks'
import type { FunctionName } from '../../infra/function-names.ts'
import type { AwsError } from '../../local/wire/service.ts'

/** An invocation, as what it calls sees it. */
export interface Caller {
  readonly fn: FunctionName
  /** The how manieth of this function. */
  readonly nth: number
  /** Of the workflow's functions. */
  readonly execution: string | undefined
  /** Killed or timed out: nothing that it still does leaves it. */
  dead: boolean
  /** Ends the invocation as a crash of its process does. */
  die(): void
  /** Milliseconds by which each of its requests is late. */
  slowness: number
  /** The service's answer to the request that is on its way. */
  refusal?: AwsError | undefined
}

/** Who sends a request: requests do not say which invocation they are of. */
export const callers = new AsyncLocalStorage<Caller>()

export const nameOf = ({ fn, nth }: Caller): string => `${fn}#${nth}`

export const never = (): Promise<never> => new Promise(() => undefined)
