import type { Credentials } from '../iam/index.ts'

/** Gives the code of a function that the template names. */
export type FunctionLoader = (fn: {
  readonly name: string
  readonly assetPath: string
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly memoryMegabytes: number
  /** What its clients sign with; none for a function without a role. */
  readonly credentials?: Credentials
  /** Whether what it writes reaches its log. */
  readonly mayLog: () => boolean
}) => LoadedFunction

export interface InvocationContext {
  readonly requestId: string
  /** Milliseconds since the epoch; the result counts no more after it. */
  readonly deadline: number
  /** Aborts at the deadline. */
  readonly signal: AbortSignal
}

export interface LoadedFunction {
  /** Most invocations at a time; further ones wait before their own time begins. Without it, as many as come. */
  readonly concurrency?: number
  /** Rejects with an error whose name and message are the invocation's errorType and errorMessage. */
  invoke(payload: unknown, context: InvocationContext): Promise<unknown>
  close(): Promise<void>
}

export interface FunctionDefinition {
  readonly name: string
  readonly assetPath: string
  readonly handler: string
  readonly runtime: string
  readonly architecture: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly description?: string
  /** ARN; without one, the function is the account's administrator. */
  readonly role?: string
  /** `/aws/lambda/<name>` unless told. */
  readonly logGroup?: string
  readonly tracing?: 'Active' | 'PassThrough'
  /** ARN of the queue for events of asynchronous invocations that failed for good. */
  readonly deadLetterArn?: string
}

/** How asynchronous invocations of a function end that failed for good. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts?: number
  readonly maximumEventAgeSeconds?: number
  /** ARN of a queue. */
  readonly onFailure?: string
}
