import {
  type ContextEntry,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import type { PolicyStatementJson } from '../core/model/canary-grants.ts'
import { FUNCTION_TAG } from '../core/model/reaching-functions.ts'
import type { MissingPermission, Permissions } from '../core/operator-ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'

const TAG = `aws:PrincipalTag/${FUNCTION_TAG}`

/** Asks as each function that a statement is for: what one of them may another may not. */
export function createIamPermissions(iam: IAMClient): Permissions {
  return {
    async missing(role, statements) {
      const missing: MissingPermission[] = []
      try {
        for (const statement of statements) {
          for (const functionName of functionsOf(statement)) {
            missing.push(...(await lacking(iam, role, statement, functionName)))
          }
        }
        return { kind: 'asked', missing }
      } catch (error) {
        if (isNamed(error, 'NoSuchEntityException', 'NoSuchEntity')) {
          return { kind: 'no-role', reason: described(error) }
        }
        if (isNamed(error, 'AccessDenied', 'AccessDeniedException')) {
          return { kind: 'not-allowed-to-ask', reason: described(error) }
        }
        throw error
      }
    },
  }
}

function functionsOf({ Condition }: PolicyStatementJson): string[] {
  return [Condition.StringEquals?.[TAG] ?? []].flat()
}

async function lacking(
  iam: IAMClient,
  role: string,
  { Action, Resource, Condition }: PolicyStatementJson,
  functionName: string,
): Promise<MissingPermission[]> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: role,
    ActionNames: [...Action],
    ResourceArns: [...Resource],
    ContextEntries: contextOf(Condition, functionName),
  })
  const { EvaluationResults = [] } = await answered(
    'IAM SimulatePrincipalPolicy',
    role,
    iam.send(command),
  )
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
    ({ EvalActionName: action = '', EvalResourceName: resource = '' }) => ({
      action,
      resource,
      functionName,
    }),
  )
}

/** A request that just meets the conditions. */
function contextOf(
  conditions: PolicyStatementJson['Condition'],
  functionName: string,
): ContextEntry[] {
  const entries = Object.values(conditions).flatMap((keys) => Object.entries(keys))
  return entries.map(([key, given]) => {
    const values = key === TAG ? [functionName] : [given].flat()
    return {
      ContextKeyName: key,
      ContextKeyType: values.length > 1 ? 'stringList' : 'string',
      ContextKeyValues: values,
    }
  })
}
