import { arnOf } from '../../account.ts'
import { on, onAll, type Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import { AwsError } from '../../wire/service.ts'
import { type Credentials, type Iam, type Principal, sessionArn } from '../iam/index.ts'
import type { FunctionDefinition } from './function.ts'

/** As what a function runs, and what Lambda itself does in its name. */
export interface ExecutionRole {
  /** Undefined for a function without a role, which local AWS lets do everything. */
  readonly credentials: Credentials | undefined
  /** @throws {AccessDenied} */
  require(...requirements: readonly Requirement[]): void
  /** Why the lines that it writes are lost, if they are. */
  refusesLogs(): string | undefined
  /** Why the traces that Lambda takes of it are lost, if it takes any and they are. */
  refusesTraces(): string | undefined
}

export const WITHOUT_ROLE: ExecutionRole = {
  credentials: undefined,
  require: () => undefined,
  refusesLogs: () => undefined,
  refusesTraces: () => undefined,
}

/** @throws {AwsError} for a role that Lambda may not assume. */
export function executionRole(
  iam: Iam | undefined,
  definition: Pick<FunctionDefinition, 'name' | 'role' | 'logGroup' | 'tracing'>,
): ExecutionRole {
  const { name, role } = definition
  if (!iam || !role) return WITHOUT_ROLE
  requireTrust(iam, role, arnOf('lambda', `function:${name}`))
  const session = { roleArn: role, name, arn: sessionArn(role, name), tags: {} }
  const principal: Principal = { kind: 'session', session }
  const refusal = (requirements: readonly Requirement[]): string | undefined => {
    try {
      iam.require(principal, ...requirements)
      return undefined
    } catch (error) {
      if (error instanceof AccessDenied) return error.message
      throw error
    }
  }
  const stream = arnOf(
    'logs',
    `log-group:${definition.logGroup ?? `/aws/lambda/${name}`}:log-stream:${LOG_STREAM}`,
  )
  return {
    credentials: iam.issue({ roleArn: role, name }),
    require: (...requirements) => iam.require(principal, ...requirements),
    refusesLogs: () =>
      refusal([...on('logs:CreateLogStream', stream), ...on('logs:PutLogEvents', stream)]),
    refusesTraces: () =>
      definition.tracing === 'Active'
        ? refusal([...onAll('xray:PutTraceSegments'), ...onAll('xray:PutTelemetryRecords')])
        : undefined,
  }
}

/** What `AWS_LAMBDA_LOG_STREAM_NAME` says. */
export const LOG_STREAM = '2026/01/01/[$LATEST]local'

function requireTrust(iam: Iam, role: string, sourceArn: string): void {
  const lambda: Principal = { kind: 'service', name: 'lambda.amazonaws.com', sourceArn }
  if (iam.allows(lambda, ...on('sts:AssumeRole', role))) return
  throw new AwsError(
    'InvalidParameterValueException',
    `The role defined for the function cannot be assumed by Lambda. (${role})`,
  )
}
