import { randomUUID } from 'node:crypto'
import type {
  DescribeExecutionInput,
  GetExecutionHistoryInput,
  HistoryEvent,
  ListExecutionsInput,
  StartExecutionInput,
  StopExecutionInput,
} from '@aws-sdk/client-sfn'
import { AwsError } from '../../wire/service.ts'
import { Execution, type ExecutionDeps } from './execution.ts'
import { page } from './page.ts'
import { redriveDetails, redriveOperation } from './redrive.ts'
import { requireName, type StateMachineRecord, type StepFunctionsState } from './state.ts'

const MOST_INPUT_BYTES = 256 * 1024
/** A name is free again so long after its execution has ended. */
const NAME_KEPT_MS = 90 * 24 * 60 * 60 * 1000

export const executionOperations = (state: StepFunctionsState, deps: ExecutionDeps) => ({
  StartExecution(input: StartExecutionInput) {
    const machine = state.machine(input.stateMachineArn)
    const name = requireName(input.name ?? randomUUID())
    const text = input.input ?? '{}'
    requireInput(text)
    const known = namesake(state, machine, name)
    if (known) {
      if (known.status === 'RUNNING' && known.input === text) {
        return { executionArn: known.arn, startDate: known.startDate }
      }
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`)
    }
    const execution = new Execution(machine, name, text, deps)
    state.executions.set(execution.arn, execution)
    return { executionArn: execution.arn, startDate: execution.startDate }
  },

  DescribeExecution(input: DescribeExecutionInput) {
    const execution = state.execution(input.executionArn)
    return {
      ...summary(execution),
      input: execution.input,
      inputDetails: { included: true },
      ...execution.ending,
      ...redriveDetails(execution),
      ...(execution.ending.output === undefined ? {} : { outputDetails: { included: true } }),
    }
  },

  ListExecutions(input: ListExecutionsInput) {
    const machine = state.machine(input.stateMachineArn)
    const wanted = [...state.executions.values()].filter(
      (execution) =>
        execution.machine.arn === machine.arn &&
        (!input.statusFilter || execution.status === input.statusFilter),
    )
    const { items, nextToken } = page(wanted.reverse(), input)
    return { executions: items.map(summary), nextToken }
  },

  ...redriveOperation(state),

  StopExecution(input: StopExecutionInput) {
    const execution = state.execution(input.executionArn)
    execution.stop(input.error, input.cause)
    return { stopDate: execution.stopDate }
  },

  GetExecutionHistory(input: GetExecutionHistoryInput) {
    const events = state.execution(input.executionArn).history.events()
    const { items, nextToken } = page(input.reverseOrder ? events.toReversed() : events, input)
    const full = input.includeExecutionData ?? true
    return { events: full ? [...items] : items.map(withoutData), nextToken }
  },
})

function namesake(
  state: StepFunctionsState,
  machine: StateMachineRecord,
  name: string,
): Execution | undefined {
  const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`
  const known = state.executions.get(arn)
  const forgotten = known?.stopDate && Date.now() - known.stopDate.getTime() > NAME_KEPT_MS
  if (!forgotten) return known
  state.executions.delete(arn)
  return undefined
}

function requireInput(text: string): void {
  if (Buffer.byteLength(text) > MOST_INPUT_BYTES) {
    throw new AwsError(
      'ValidationException',
      `input has ${Buffer.byteLength(text)} bytes; it may have ${MOST_INPUT_BYTES}`,
    )
  }
  try {
    JSON.parse(text)
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: ${(error as Error).message}`,
    )
  }
}

const summary = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machine.arn,
  name: execution.name,
  status: execution.status,
  startDate: execution.startDate,
  ...(execution.stopDate ? { stopDate: execution.stopDate } : {}),
  redriveCount: execution.redriveCount,
  ...(execution.redriveDate ? { redriveDate: execution.redriveDate } : {}),
})

const DATA = new Set(['input', 'output', 'parameters', 'error', 'cause'])

const withoutData = (event: HistoryEvent): HistoryEvent =>
  JSON.parse(JSON.stringify(event), (key, value) => {
    if (key === 'timestamp') return new Date(value)
    return DATA.has(key) && typeof value === 'string' ? undefined : value
  })
