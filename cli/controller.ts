import { answered, isNamed } from '../adapters/aws-errors.ts'
import type { AwsConfig } from './aws-place.ts'

/** The controller of an account and region, as its own functions are told of it. */
export interface Controller {
  readonly name: string
  readonly table: string
  readonly candidateIndex: string
  readonly stateMachineArn: string
}

/** There is no controller of that name where the command looks. */
export class NoControllerError extends Error {}

/** The name that a controller has unless its stack gives another. */
export const DEFAULT_CONTROLLER = 'sluice'

export type SignalFunction = 'signal' | 'approve'

/** Functions are named after their controller, so that they are found without its stack. */
export function functionNameOf(controller: string, name: SignalFunction): string {
  return `${controller}-${name}`
}

/**
 * Asks for the configuration of the controller's `signal` function: whoever may steer rollouts may do that, and it
 * says which table is the controller's.
 * @throws {NoControllerError} where there is no such function.
 */
export async function discoverController(aws: AwsConfig, name: string): Promise<Controller> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda')
  const functionName = functionNameOf(name, 'signal')
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName })
  const sent = new LambdaClient(aws).send(command)
  const { Environment } = await answered(
    'Lambda GetFunctionConfiguration',
    functionName,
    sent,
  ).catch((error) => {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error
    throw new NoControllerError(
      `there is no controller "${name}" here (no function ${functionName}); give another --region or --profile, or its name with --controller`,
      { cause: error },
    )
  })
  const told = (variable: string) => {
    const value = Environment?.Variables?.[variable]
    if (value) return value
    throw new NoControllerError(
      `the function ${functionName} has no ${variable} in its environment; is it Sluice's? Deploy its stack again, or give another --controller`,
    )
  }
  return {
    name,
    table: told('TABLE_NAME'),
    candidateIndex: told('CANDIDATE_INDEX'),
    stateMachineArn: told('STATE_MACHINE_ARN'),
  }
}
