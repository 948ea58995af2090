import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { Clients } from '../clients.ts'

/** The workflow's executions by name, as the Step Functions console shows them. */
export function createExecutions(
  { stepfunctions }: Pick<Clients, 'stepfunctions'>,
  stateMachineArn: string,
) {
  const arnOf = (name: string) =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
  return {
    arnOf,
    /** The state that the execution is in, or was in last. */
    async currentState(name: string): Promise<string | undefined> {
      const { events = [] } = await stepfunctions.send(
        new GetExecutionHistoryCommand({
          executionArn: arnOf(name),
          reverseOrder: true,
          maxResults: 30,
        }),
      )
      return events.find((event) => event.stateEnteredEventDetails)?.stateEnteredEventDetails?.name
    },
    /** Milliseconds since the epoch; undefined while there is no such execution. */
    async startedAt(name: string): Promise<number | undefined> {
      try {
        const { startDate } = await stepfunctions.send(
          new DescribeExecutionCommand({ executionArn: arnOf(name) }),
        )
        return startDate?.getTime()
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined
        throw error
      }
    },
    async isRunning(name: string): Promise<boolean> {
      const { status } = await stepfunctions.send(
        new DescribeExecutionCommand({ executionArn: arnOf(name) }),
      )
      return status === 'RUNNING'
    },
    async stop(name: string, cause: string) {
      await stepfunctions.send(
        new StopExecutionCommand({ executionArn: arnOf(name), error: 'StoppedByHand', cause }),
      )
    },
  }
}

export type Executions = ReturnType<typeof createExecutions>
