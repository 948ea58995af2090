import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge'
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn'
import type { FunctionName } from '../core/model/function-names.ts'
import type { Installation, PartView } from '../core/operator-ports.ts'
import { answered, isNamed } from './aws-errors.ts'

export interface InstallationPlace {
  readonly lambda: LambdaClient
  readonly eventbridge: EventBridgeClient
  readonly dynamodb: DynamoDBClient
  readonly sfn: SFNClient
  readonly controller: string
  readonly functions: readonly FunctionName[]
  readonly table: string
  readonly stateMachineArn: string
}

/** Functions that rules invoke: without a rule that is on, no event reaches them. */
const BY_RULES: readonly FunctionName[] = ['trigger', 'signal']
/** Functions that read from a stream or a queue. */
const BY_SOURCES: readonly FunctionName[] = ['retrigger', 'guard']

export function createAwsInstallation(place: InstallationPlace): Installation {
  return {
    async parts() {
      const functions = await Promise.all(place.functions.map((name) => functionPart(place, name)))
      const arns = new Map(functions.map(({ name, arn }) => [name, arn]))
      const ruled = await Promise.all(
        BY_RULES.map(async (name) => rulesTo(place, name, arns.get(fullName(place, name)))),
      )
      const sourced = await Promise.all(BY_SOURCES.map((name) => sourcesOf(place, name)))
      return [
        ...functions.map(({ arn: _, ...part }) => part),
        ...ruled.flat(),
        ...sourced.flat(),
        await tablePart(place),
        await workflowPart(place),
      ]
    },
  }
}

function fullName({ controller }: InstallationPlace, name: FunctionName): string {
  return `${controller}-${name}`
}

async function functionPart(
  place: InstallationPlace,
  name: FunctionName,
): Promise<PartView & { readonly arn?: string | undefined }> {
  const FunctionName = fullName(place, name)
  const part = { part: 'function', name: FunctionName } as const
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName })
    const { State, StateReason, FunctionArn } = await answered(
      'Lambda GetFunctionConfiguration',
      FunctionName,
      place.lambda.send(command),
    )
    const off = State === 'Failed' || State === 'Inactive' || State === 'Pending'
    return {
      ...part,
      state: off ? 'off' : 'ready',
      told: off ? `${State}: ${StateReason ?? 'no reason given'}` : '',
      arn: FunctionArn,
    }
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error
    return { ...part, state: 'absent', told: 'there is no such function' }
  }
}

async function rulesTo(
  place: InstallationPlace,
  name: FunctionName,
  arn: string | undefined,
): Promise<PartView[]> {
  // That it is absent is told already.
  return arn === undefined ? [] : rulesAt(place, arn, fullName(place, name))
}

async function rulesAt(place: InstallationPlace, arn: string, told: string): Promise<PartView[]> {
  const command = new ListRuleNamesByTargetCommand({ TargetArn: arn })
  const { RuleNames = [] } = await answered(
    'EventBridge ListRuleNamesByTarget',
    arn,
    place.eventbridge.send(command),
  )
  if (RuleNames.length === 0) {
    return [{ part: 'rule', name: `to ${told}`, state: 'absent', told: 'no rule sends it events' }]
  }
  return Promise.all(
    RuleNames.map(async (name): Promise<PartView> => {
      const described = await answered(
        'EventBridge DescribeRule',
        name,
        place.eventbridge.send(new DescribeRuleCommand({ Name: name })),
      )
      const off = described.State === 'DISABLED'
      const what = off ? `it is disabled, and ${told} hears of nothing` : ''
      return { part: 'rule', name, state: off ? 'off' : 'ready', told: what }
    }),
  )
}

async function sourcesOf(place: InstallationPlace, name: FunctionName): Promise<PartView[]> {
  const FunctionName = fullName(place, name)
  const none: PartView = {
    part: 'event source',
    name: `of ${FunctionName}`,
    state: 'absent',
    told: 'it reads from nothing',
  }
  try {
    const command = new ListEventSourceMappingsCommand({ FunctionName })
    const { EventSourceMappings = [] } = await answered(
      'Lambda ListEventSourceMappings',
      FunctionName,
      place.lambda.send(command),
    )
    if (EventSourceMappings.length === 0) return [none]
    const parts = await Promise.all(
      EventSourceMappings.map(async ({ EventSourceArn = '', State = '' }) => {
        const on = ['Enabled', 'Enabling', 'Creating', 'Updating'].includes(State)
        const source: PartView = {
          part: 'event source',
          name: `${EventSourceArn.split(':').at(-1)} to ${FunctionName}`,
          state: on ? 'ready' : 'off',
          told: on ? '' : `it is ${State}`,
        }
        const isQueue = EventSourceArn.split(':')[2] === 'sqs'
        const rules = isQueue ? await rulesAt(place, EventSourceArn, FunctionName) : []
        return [source, ...rules]
      }),
    )
    return parts.flat()
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return [none]
    throw error
  }
}

async function tablePart({ dynamodb, table }: InstallationPlace): Promise<PartView> {
  const part = { part: 'table', name: table } as const
  try {
    const command = new DescribeTableCommand({ TableName: table })
    const { Table } = await answered('DynamoDB DescribeTable', table, dynamodb.send(command))
    if (Table?.TableStatus !== 'ACTIVE' && Table?.TableStatus !== 'UPDATING') {
      return { ...part, state: 'off', told: `it is ${Table?.TableStatus}` }
    }
    return Table.StreamSpecification?.StreamEnabled
      ? { ...part, state: 'ready', told: '' }
      : {
          ...part,
          state: 'off',
          told: 'its stream is off: no definition and no re-trigger is heard of',
        }
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error
    return { ...part, state: 'absent', told: 'there is no such table' }
  }
}

async function workflowPart({ sfn, stateMachineArn }: InstallationPlace): Promise<PartView> {
  const part = { part: 'workflow', name: stateMachineArn.split(':').at(-1) ?? '' } as const
  try {
    const command = new DescribeStateMachineCommand({ stateMachineArn })
    const { status } = await answered(
      'Step Functions DescribeStateMachine',
      stateMachineArn,
      sfn.send(command),
    )
    return status === 'DELETING'
      ? { ...part, state: 'off', told: 'it is being deleted' }
      : { ...part, state: 'ready', told: '' }
  } catch (error) {
    if (!isNamed(error, 'StateMachineDoesNotExist')) throw error
    return { ...part, state: 'absent', told: 'there is no such state machine' }
  }
}
