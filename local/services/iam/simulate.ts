import type {
  EvaluationResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam'
import { AwsError } from '../../wire/service.ts'
import { evaluateIdentity, type Verdict } from './policy/evaluate.ts'
import { sessionArn } from './principal.ts'
import type { IamState, Role } from './state.ts'

const DECISIONS = {
  allowed: 'allowed',
  denied: 'explicitDeny',
  silent: 'implicitDeny',
} as const satisfies Record<Verdict['kind'], string>

/**
 * What a role's own policies say of actions on resources; neither its trust nor policies on the resources count.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const simulatePrincipalPolicy =
  (state: IamState) =>
  (input: SimulatePrincipalPolicyRequest): SimulatePolicyResponse => {
    const { PolicySourceArn: arn = '', ActionNames: actions = [], ResourceArns: given } = input
    if (!/^arn:aws:iam::\d{12}:role\//.test(arn)) {
      throw new AwsError('InvalidInput', `local AWS simulates roles, and ${arn} is none`)
    }
    const role = state.role(arn)
    const context = contextOf(input)
    const resources = given === undefined || given.length === 0 ? ['*'] : given
    const results = actions.flatMap((action) =>
      resources.map((resource) => simulated(state, role, { action, resource, context })),
    )
    return { EvaluationResults: results, IsTruncated: false }
  }

function simulated(
  state: IamState,
  role: Role,
  asked: {
    readonly action: string
    readonly resource: string
    readonly context: ReadonlyMap<string, readonly string[]>
  },
): EvaluationResult {
  if (!/^[a-z0-9-]+:[A-Za-z0-9*]+$/.test(asked.action)) {
    throw new AwsError('InvalidInput', `Invalid action: ${asked.action}`)
  }
  const policies = state.policiesOf(role)
  const asker = {
    kind: 'role',
    roleArn: role.arn,
    sessionArn: sessionArn(role.arn, 'simulation'),
  } as const
  const verdict = evaluateIdentity(policies, { ...asked, asker })
  const missing = new Set(
    policies
      .flatMap(({ conditions }) => conditions.map(({ key }) => key))
      .filter((key) => !asked.context.has(key)),
  )
  return {
    EvalActionName: asked.action,
    EvalResourceName: asked.resource,
    EvalDecision: DECISIONS[verdict.kind],
    MatchedStatements: [],
    MissingContextValues: [...missing],
  }
}

function contextOf({ ContextEntries: entries = [] }: SimulatePrincipalPolicyRequest) {
  return new Map(
    entries.map(({ ContextKeyName: key = '', ContextKeyValues: values = [] }) => [
      key.toLowerCase(),
      values,
    ]),
  )
}
