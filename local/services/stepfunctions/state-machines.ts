import type {
  CreateStateMachineInput,
  DeleteStateMachineInput,
  DescribeStateMachineInput,
  ListStateMachinesInput,
  UpdateStateMachineInput,
} from '@aws-sdk/client-sfn'
import { AwsError } from '../../wire/service.ts'
import { checkedDefinition } from './definition-check.ts'
import type { MachineRoles } from './machine-roles.ts'
import { page } from './page.ts'
import { requireName, type StepFunctionsState, stateMachineArn } from './state.ts'

export const stateMachineOperations = (state: StepFunctionsState, roles: MachineRoles) => ({
  CreateStateMachine(input: CreateStateMachineInput) {
    const name = requireName(input.name)
    if (input.type === 'EXPRESS') {
      throw new AwsError(
        'StateMachineTypeNotSupported',
        `local AWS does not have express workflows (${name}); leave type out or give STANDARD`,
      )
    }
    const arn = stateMachineArn(name)
    const known = state.machines.get(arn)
    if (known && known.definition !== input.definition) {
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`)
    }
    if (!known) roles.check(input, arn)
    const machine = known ?? {
      name,
      arn,
      definition: input.definition ?? '',
      local: checkedDefinition(input.definition ?? ''),
      roleArn: input.roleArn ?? '',
      createdAt: new Date(),
      loggingConfiguration: input.loggingConfiguration,
      tracingConfiguration: input.tracingConfiguration,
    }
    state.machines.set(arn, machine)
    return { stateMachineArn: arn, creationDate: machine.createdAt }
  },

  /** Executions that run go on by the definition that they began with. */
  UpdateStateMachine(input: UpdateStateMachineInput) {
    const machine = state.machine(input.stateMachineArn)
    const { definition = machine.definition } = input
    state.machines.set(machine.arn, {
      ...machine,
      definition,
      local: checkedDefinition(definition),
      roleArn: input.roleArn ?? machine.roleArn,
      loggingConfiguration: input.loggingConfiguration ?? machine.loggingConfiguration,
      tracingConfiguration: input.tracingConfiguration ?? machine.tracingConfiguration,
    })
    return { updateDate: new Date() }
  },

  /** At once, as if nothing ran: on AWS the machine is DELETING until its last execution has ended. */
  DeleteStateMachine(input: DeleteStateMachineInput) {
    state.machines.delete(input.stateMachineArn ?? '')
    return {}
  },

  DescribeStateMachine(input: DescribeStateMachineInput) {
    const machine = state.machine(input.stateMachineArn)
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      definition: machine.definition,
      roleArn: machine.roleArn,
      type: 'STANDARD',
      creationDate: machine.createdAt,
      loggingConfiguration: machine.loggingConfiguration,
      tracingConfiguration: machine.tracingConfiguration,
    }
  },

  ListStateMachines(input: ListStateMachinesInput) {
    const { items, nextToken } = page([...state.machines.values()], input)
    const stateMachines = items.map((machine) => ({
      stateMachineArn: machine.arn,
      name: machine.name,
      type: 'STANDARD',
      creationDate: machine.createdAt,
    }))
    return { stateMachines, nextToken }
  },
})
