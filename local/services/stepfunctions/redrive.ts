import type { RedriveExecutionInput } from '@aws-sdk/client-sfn'
import { AwsError } from '../../wire/service.ts'
import type { Execution } from './execution.ts'
import { MOST_EVENTS } from './history.ts'
import type { StepFunctionsState } from './state.ts'

/** After an execution has ended. */
const REDRIVABLE_MS = 14 * 24 * 60 * 60 * 1000
/** Tokens of so many redrives are remembered, so long. */
const MOST_TOKENS = 10
const TOKEN_KEPT_MS = 15 * 60 * 1000

interface Token {
  readonly token: string
  readonly redriveDate: Date
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
export function redriveOperation(state: StepFunctionsState) {
  const tokens = new WeakMap<Execution, readonly Token[]>()
  return {
    RedriveExecution(input: RedriveExecutionInput) {
      const execution = state.execution(input.executionArn)
      const known = (tokens.get(execution) ?? []).filter(
        ({ redriveDate }) => Date.now() - redriveDate.getTime() < TOKEN_KEPT_MS,
      )
      const same = known.find(({ token }) => token === input.clientToken)
      if (same) return { redriveDate: same.redriveDate }
      const reason = whyNot(execution)
      if (reason !== undefined) throw new AwsError('ExecutionNotRedrivable', reason)
      execution.redrive()
      const redriveDate = execution.redriveDate ?? new Date()
      if (input.clientToken !== undefined) {
        tokens.set(
          execution,
          [...known, { token: input.clientToken, redriveDate }].slice(-MOST_TOKENS),
        )
      }
      return { redriveDate }
    },
  }
}

/** What DescribeExecution and the status event tell of it. */
export function redriveDetails(execution: Execution) {
  const redriveStatusReason = whyNot(execution)
  return {
    redriveCount: execution.redriveCount,
    ...(execution.redriveDate ? { redriveDate: execution.redriveDate } : {}),
    redriveStatus: redriveStatusReason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(redriveStatusReason === undefined ? {} : { redriveStatusReason }),
  }
}

/** In the words that the API's reference lists. */
function whyNot({ status, stopDate, history }: Execution): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return `Execution is ${status} and cannot be redriven`
  }
  if (stopDate && Date.now() - stopDate.getTime() > REDRIVABLE_MS) {
    return 'Execution redrivable period exceeded'
  }
  // The redrive's own event and one more have to fit.
  if (history.events().length >= MOST_EVENTS - 1) return 'Execution history event limit exceeded'
  return undefined
}
