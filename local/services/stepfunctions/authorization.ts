import { type Authorization, on, onAll } from '../../wire/authorization.ts'
import { stateMachineArn } from './state.ts'
import type { Tokens } from './tokens.ts'

interface OfMachine {
  readonly stateMachineArn?: string
  readonly name?: string
}

interface OfExecution {
  readonly executionArn?: string
}

interface OfToken {
  readonly taskToken?: string
}

const onMachine =
  (action: string) =>
  ({ stateMachineArn: arn, name = '' }: OfMachine) =>
    on(`states:${action}`, arn ?? stateMachineArn(name))

const onExecution =
  (action: string) =>
  ({ executionArn: arn = '' }: OfExecution) =>
    on(`states:${action}`, arn)

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const authorization = (tokens: Tokens): Authorization => {
  /** A token is of a state machine; one of none is refused by the operation itself, whoever asks. */
  const onToken =
    (action: string) =>
    ({ taskToken: token = '' }: OfToken) => {
      const machine = tokens.machineOf(token)
      return machine === undefined ? [] : on(`states:${action}`, machine)
    }
  return {
    CreateStateMachine: onMachine('CreateStateMachine'),
    UpdateStateMachine: onMachine('UpdateStateMachine'),
    DeleteStateMachine: onMachine('DeleteStateMachine'),
    DescribeStateMachine: onMachine('DescribeStateMachine'),
    ListStateMachines: () => onAll('states:ListStateMachines'),
    StartExecution: ({ stateMachineArn: arn = '' }: OfMachine) => on('states:StartExecution', arn),
    DescribeExecution: onExecution('DescribeExecution'),
    ListExecutions: onMachine('ListExecutions'),
    StopExecution: onExecution('StopExecution'),
    RedriveExecution: onExecution('RedriveExecution'),
    GetExecutionHistory: onExecution('GetExecutionHistory'),
    SendTaskSuccess: onToken('SendTaskSuccess'),
    SendTaskFailure: onToken('SendTaskFailure'),
    SendTaskHeartbeat: onToken('SendTaskHeartbeat'),
  }
}
