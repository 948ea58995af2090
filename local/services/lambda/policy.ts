import type {
  AddPermissionRequest,
  GetPolicyRequest,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda'
import { ACCOUNT } from '../../account.ts'
import { AwsError } from '../../wire/service.ts'
import { type Document, parseDocument } from '../iam/policy/document.ts'
import type { FunctionRecord, Functions } from './functions.ts'

/** A function's own policy: who else may do something with it, one statement a permission. */
export interface FunctionPolicy {
  readonly json: object
  readonly document: Document
}

/** By its id, so that it can be taken back. */
export type FunctionPolicies = Map<string, FunctionPolicy>

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 * @throws {PolicyError} for a principal that cannot be evaluated here.
 */
export function permission(record: FunctionRecord, input: AddPermissionRequest): FunctionPolicy {
  const { StatementId: id, Action: action, Principal: principal = '' } = input
  const arns = input.SourceArn ? { ArnLike: { 'AWS:SourceArn': input.SourceArn } } : {}
  const accounts = input.SourceAccount
    ? { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } }
    : {}
  const json = {
    Sid: id,
    Effect: 'Allow',
    Principal: principalOf(principal),
    Action: action,
    Resource: record.arn,
    ...(input.SourceArn || input.SourceAccount ? { Condition: { ...arns, ...accounts } } : {}),
  }
  return { json, document: parseDocument({ Statement: json }, `${record.arn}/${id}`) }
}

function principalOf(principal: string): object | '*' {
  if (principal === '*') return '*'
  if (principal.endsWith('.amazonaws.com')) return { Service: principal }
  return { AWS: /^\d+$/.test(principal) ? `arn:aws:iam::${ACCOUNT}:root` : principal }
}

export const policyOperations = (functions: Functions) => ({
  AddPermission(input: AddPermissionRequest) {
    const { policies, definition, arn } = functions.get(input.FunctionName)
    const id = input.StatementId ?? ''
    if (policies.has(id)) {
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement. (${definition.name})`,
        409,
      )
    }
    const added = permission(functions.get(arn), input)
    policies.set(id, added)
    return { Statement: JSON.stringify(added.json) }
  },

  RemovePermission(input: RemovePermissionRequest) {
    const { policies } = functions.get(input.FunctionName)
    if (policies.delete(input.StatementId ?? '')) return {}
    throw new AwsError(
      'ResourceNotFoundException',
      `Statement ${input.StatementId} is not found in resource policy.`,
      404,
    )
  },

  GetPolicy(input: GetPolicyRequest) {
    const { policies, arn } = functions.get(input.FunctionName)
    if (policies.size === 0) {
      throw new AwsError(
        'ResourceNotFoundException',
        `The resource you requested does not exist: ${arn} has no policy.`,
        404,
      )
    }
    const Statement = [...policies.values()].map(({ json }) => json)
    return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }) }
  },
})
