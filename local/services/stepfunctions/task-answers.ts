import type {
  SendTaskFailureInput,
  SendTaskHeartbeatInput,
  SendTaskSuccessInput,
} from '@aws-sdk/client-sfn'
import { AwsError } from '../../wire/service.ts'
import type { Tokens } from './tokens.ts'

export const taskAnswerOperations = (tokens: Tokens) => ({
  SendTaskSuccess(input: SendTaskSuccessInput) {
    tokens.answer(input.taskToken, { kind: 'success', output: parse(input.output) })
    return {}
  },

  SendTaskFailure(input: SendTaskFailureInput) {
    const { error = 'States.TaskFailed', cause = '' } = input
    tokens.answer(input.taskToken, { kind: 'failure', error, cause })
    return {}
  },

  SendTaskHeartbeat(input: SendTaskHeartbeatInput) {
    tokens.require(input.taskToken)
    return {}
  },
})

function parse(output: string | undefined): unknown {
  try {
    return JSON.parse(output ?? '')
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: ${(error as Error).message}`)
  }
}
