import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy, { type MiddlewareObj } from '@middy/core'
import type { Context } from 'aws-lambda'
import {
  CandidateError,
  DefinitionError,
  HoldLostError,
  InterruptedError,
  NotYetError,
  RolloutActiveError,
  SluiceError,
} from '../../core/errors.ts'
import type { MetricName } from './metric-names.ts'
import { forget, publish } from './metrics.ts'
import { count, type Watch } from './watch.ts'

export type Handler<Result> = (event: unknown, context: Context) => Promise<Result>

/**
 * Wraps a handler into what all functions share. After-hooks and error-hooks run from the last `use` to the
 * first, so the error is logged while the logger still has the invocation's keys.
 * @param failed counted where an invocation ends in an error that is none of a rollout's ordinary ends.
 */
export function watched<Result>(
  watch: Watch,
  handle: Handler<Result>,
  failed: readonly MetricName[] = ['FunctionFailed'],
): Handler<Result> {
  // The function's own time limit is Lambda's; middy's timer would be a second one, and on the real clock.
  const wrapped = middy<unknown, Result, Error, Context>(handle, { timeoutEarlyInMillis: 0 })
    .use(watch.tracing.middleware)
    .use(injectLambdaContext(watch.logger, { resetKeys: true }))
    .use(publishing(watch))
    .use(tellErrors(watch, failed))
  return async (event, context) => wrapped(event, context)
}

function publishing({ metrics }: Watch): MiddlewareObj {
  const end = () => publish(metrics)
  // What an invocation that got no such end has left is not the next one's.
  return { before: () => forget(metrics), after: end, onError: end }
}

/**
 * Logs an error once and lets it pass as it is: a SluiceError's `name` is its code, which Lambda reports as the
 * error's type and the workflow's Retry and Catch match.
 */
function tellErrors(watch: Watch, failed: readonly MetricName[]): MiddlewareObj {
  const { logger } = watch
  return {
    onError: ({ error }) => {
      if (!isOrdinary(error)) for (const name of failed) count(watch, name)
      if (error instanceof NotYetError) logger.info('not yet', { why: error.message })
      else if (error instanceof SluiceError) logger.warn(error.message, { error })
      else logger.error('unexpected error', { error })
    },
  }
}

/** How a rollout goes that is waiting, interrupted, of a bad candidate, or somebody else's by now: nothing failed. */
const ORDINARY = [NotYetError, InterruptedError, CandidateError, HoldLostError]

/** What a canary's author is told by the deployment or the rollout, and whoever keeps the controller cannot mend. */
const REFUSED = [DefinitionError, RolloutActiveError]

function isOrdinary(error: unknown): boolean {
  return [...ORDINARY, ...REFUSED].some((ordinary) => error instanceof ordinary)
}

/** Builds at the first call and keeps what it built: importing the file needs no environment. */
export function atFirstCall<Result>(build: () => Handler<Result>): Handler<Result> {
  let built: Handler<Result> | undefined
  return async (event, context) => {
    built ??= build()
    return built(event, context)
  }
}
