import { arnOf } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import type { Execution } from './execution.ts'
import type { LocalDefinition } from './local-definition.ts'

export interface StateMachineRecord {
  readonly name: string
  readonly arn: string
  /** As it was given. */
  readonly definition: string
  readonly local: LocalDefinition
  readonly roleArn: string
  readonly createdAt: Date
  readonly loggingConfiguration: object | undefined
  readonly tracingConfiguration: object | undefined
}

/** Executions by ARN, in the order of their start; one name at a time within a machine. */
export class StepFunctionsState {
  readonly machines = new Map<string, StateMachineRecord>()
  readonly executions = new Map<string, Execution>()

  /** @throws {AwsError} */
  machine(arn: string | undefined): StateMachineRecord {
    const machine = this.machines.get(arn ?? '')
    if (machine) return machine
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`)
  }

  /** @throws {AwsError} */
  execution(arn: string | undefined): Execution {
    const execution = this.executions.get(arn ?? '')
    if (execution) return execution
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
  }
}

export const stateMachineArn = (name: string): string => arnOf('states', `stateMachine:${name}`)

/** @throws {AwsError} */
export function requireName(name: string | undefined): string {
  if (name && name.length <= 80 && /^[A-Za-z0-9_.+@!=()'-]+$/.test(name)) return name
  throw new AwsError(
    'InvalidName',
    `Invalid Name: '${name}'; 1 to 80 letters, digits, hyphens and underscores`,
  )
}
