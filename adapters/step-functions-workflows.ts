import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { Ending, WorkflowInput, Workflows } from '../core/workflow-ports.ts'
import { answered, isNamed } from './aws-errors.ts'

export function createStepFunctionsWorkflows(sfn: SFNClient, stateMachineArn: string): Workflows {
  return {
    async start(name, input) {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: written(input) })
      try {
        const started = await answered(
          'Step Functions StartExecution',
          `execution ${name}`,
          sfn.send(command),
        )
        // The same name with the same input while it runs is answered like a start, with the execution that runs.
        const execution = started.executionArn ?? executionArn(stateMachineArn, name)
        return { kind: 'started', execution }
      } catch (error) {
        if (!isNamed(error, 'ExecutionAlreadyExists')) throw error
        return { kind: 'already-started', execution: executionArn(stateMachineArn, name) }
      }
    },

    async describe(name) {
      const command = new DescribeExecutionCommand({
        executionArn: executionArn(stateMachineArn, name),
      })
      try {
        const { status, error, cause } = await answered(
          'Step Functions DescribeExecution',
          `execution ${name}`,
          sfn.send(command),
        )
        const told = [error, cause].filter(Boolean).join(': ')
        return {
          status: ENDINGS.find((ending) => ending === status) ?? 'RUNNING',
          ...(told === '' ? {} : { cause: told }),
        }
      } catch (error) {
        if (isNamed(error, 'ExecutionDoesNotExist')) return undefined
        throw error
      }
    },

    async answer(token, output) {
      const command = new SendTaskSuccessCommand({
        taskToken: token,
        output: JSON.stringify(output),
      })
      try {
        await answered('Step Functions SendTaskSuccess', 'a waiting task', sfn.send(command))
        return 'answered'
      } catch (error) {
        if (isNamed(error, 'TaskTimedOut', 'InvalidToken', 'TaskDoesNotExist')) return 'gone'
        throw error
      }
    },
  }
}

const ENDINGS: readonly Ending[] = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']

/** The keys in one order: Step Functions takes only a byte for byte equal input for the same start. */
function written(input: WorkflowInput): string {
  const { canary, rollout, attempt, candidate, revision, recover } = input
  return JSON.stringify({ canary, rollout, attempt, candidate, revision, recover })
}

function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
}
