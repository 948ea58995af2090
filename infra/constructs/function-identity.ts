import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  type IRole,
  PolicyDocument,
  type PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { type FunctionName, pascalCase } from '../function-names.ts'
import { acknowledgeWildcards } from './acknowledge-wildcards.ts'
import { functionNameOf, functionRoleName } from './controller-names.ts'
import { logGrant } from './grants.ts'

/** What tells a function from others: its name, the role it acts as, and where its lines are. */
export interface FunctionIdentity {
  readonly functionName: string
  readonly role: IRole
  readonly logGroup: LogGroup
}

/**
 * A function's role with exactly the statements that are given. CDK would add its own for logs, traces, queues and
 * streams, some of them wider than the calls that are made; it is given a role that it cannot change.
 */
export function functionIdentity(
  scope: Construct,
  name: FunctionName | 'definitions',
  {
    controllerName,
    logRetention,
  }: { readonly controllerName: string; readonly logRetention: RetentionDays },
  statements: readonly PolicyStatement[],
): FunctionIdentity {
  const id = pascalCase(name)
  const functionName = functionNameOf(controllerName, name)
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const all = [...statements, logGrant(logGroup)]
  const role = new Role(scope, `${id}Role`, {
    roleName: functionRoleName(controllerName, Stack.of(scope).region, name),
    description: `Sluice's function ${functionName}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      grants: new PolicyDocument({ statements: all }),
    },
  })
  acknowledgeWildcards(role, all)
  return { functionName, role: role.withoutPolicyUpdates(), logGroup }
}
