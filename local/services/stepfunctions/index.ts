import type { HistoryEvent } from '@aws-sdk/client-sfn'
import * as schemas from '@aws-sdk/client-sfn'
import type { Service } from '../../wire/service.ts'
import type { Publish } from '../eventbridge/index.ts'
import type { Iam } from '../iam/index.ts'
import type { Lambda } from '../lambda/index.ts'
import { authorization } from './authorization.ts'
import type { Execution } from './execution.ts'
import { executionOperations } from './executions.ts'
import { createMachineRoles } from './machine-roles.ts'
import { StepFunctionsState } from './state.ts'
import { stateMachineOperations } from './state-machines.ts'
import { statusEvent } from './status-event.ts'
import { taskAnswerOperations } from './task-answers.ts'
import { Tokens } from './tokens.ts'

export type { Execution } from './execution.ts'

export interface StepFunctionsOptions {
  readonly lambda: Pick<Lambda, 'invoke'>
  readonly publish: Publish
  /** Without it everybody may do everything. */
  readonly iam?: Iam
  /** Traces that a state machine's role does not allow to write. */
  readonly onUnwritten?: (stateMachine: string, reason: string) => void
}

/**
 * Standard workflows: aws-local-stepfunctions runs the states; tokens, history, executions by name and
 * status-change events are put around it.
 */
export interface StepFunctions extends Service {
  readonly state: StepFunctionsState
  /** Every event of every execution's history, as it happens. Gives the way to stop. */
  onHistory(listener: (execution: Execution, event: HistoryEvent) => void): () => void
  /** Starts an execution, as a rule's target does: without a name. @throws {AwsError} */
  start(stateMachineArn: string, input: string): void
  /** Stops what runs without a word to anybody. */
  close(): void
}

export function createStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const { lambda, publish } = options
  const roles = createMachineRoles(options.iam, options.onUnwritten ?? (() => undefined))
  const state = new StepFunctionsState()
  const tokens = new Tokens()
  const listeners = new Set<(execution: Execution, event: HistoryEvent) => void>()
  let closed = false
  const executions = executionOperations(state, {
    lambda,
    tokens,
    roles,
    onStatus(execution) {
      if (!closed) publish(statusEvent(execution))
    },
    onHistory(execution, event) {
      for (const listener of listeners) listener(execution, event)
    },
  })

  return {
    name: 'stepfunctions',
    schemas,
    authorization: authorization(tokens),
    operations: {
      ...stateMachineOperations(state, roles),
      ...executions,
      ...taskAnswerOperations(tokens),
    },
    supports: {
      CreateStateMachine: [
        'name',
        'definition',
        'roleArn',
        'type',
        'loggingConfiguration',
        'tracingConfiguration',
        'tags',
      ],
      UpdateStateMachine: [
        'stateMachineArn',
        'definition',
        'roleArn',
        'loggingConfiguration',
        'tracingConfiguration',
      ],
      StartExecution: ['stateMachineArn', 'name', 'input', 'traceHeader'],
      ListExecutions: ['stateMachineArn', 'statusFilter', 'maxResults', 'nextToken'],
    },
    state,
    onHistory(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start(stateMachineArn, input) {
      executions.StartExecution({ stateMachineArn, input })
    },
    close() {
      closed = true
      for (const execution of state.executions.values()) execution.stop()
    },
  }
}
