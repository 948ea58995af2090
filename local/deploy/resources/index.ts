import { eventSourceMapping } from './event-source-mapping.ts'
import { eventInvokeConfig, lambdaFunction } from './function.ts'
import { permission } from './permission.ts'
import { managedPolicy, policy } from './policy.ts'
import { queue } from './queue.ts'
import { queuePolicy } from './queue-policy.ts'
import { RECORDED } from './recorded.ts'
import type { ResourceType } from './resource-type.ts'
import { role } from './role.ts'
import { rule } from './rule.ts'
import { stateMachine } from './state-machine.ts'
import { globalTable, table } from './table.ts'

const TYPES: Readonly<Record<string, ResourceType>> = {
  ...RECORDED,
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': rule,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
}

export const findResourceType = (type: string): ResourceType | undefined =>
  Object.hasOwn(TYPES, type) ? TYPES[type] : undefined

/** Of a type that a template was read with. */
export function resourceType(type: string): ResourceType {
  const found = findResourceType(type)
  if (!found) throw new Error(`${type} was not refused`)
  return found
}

export const typesHad = (): string => Object.keys(TYPES).join(', ')
