import type { CreateStateMachineInput } from '@aws-sdk/client-sfn'
import { on, onAll, type Requirement } from '../../wire/authorization.ts'
import { AccessDenied } from '../../wire/refusal.ts'
import { AwsError } from '../../wire/service.ts'
import { type Iam, type Principal, sessionArn } from '../iam/index.ts'
import type { StateMachineRecord } from './state.ts'

/** What Step Functions does as the role of a state machine. */
export interface MachineRoles {
  /** @throws {AwsError} for a role that Step Functions cannot assume, or that cannot write the log asked for. */
  check(input: CreateStateMachineInput, arn: string): void
  /** @throws {AccessDenied} */
  require(machine: Machine, execution: string, requirements: readonly Requirement[]): void
  /** Tells once of each state machine that its traces are lost, if they are. */
  observe(machine: Machine): void
}

type Machine = Pick<StateMachineRecord, 'name' | 'roleArn' | 'tracingConfiguration'>

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const LOG_DELIVERY = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].flatMap((action) => onAll(`logs:${action}`))

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const TRACING = [
  'PutTraceSegments',
  'PutTelemetryRecords',
  'GetSamplingRules',
  'GetSamplingTargets',
].flatMap((action) => onAll(`xray:${action}`))

/** @param iam without it, everything is allowed. */
export function createMachineRoles(
  iam: Iam | undefined,
  onUnwritten: (stateMachine: string, reason: string) => void,
): MachineRoles {
  const told = new Set<string>()

  const requireAs = (roleArn: string, name: string, requirements: readonly Requirement[]): void => {
    const session = { roleArn, name, arn: sessionArn(roleArn, name), tags: {} }
    iam?.require({ kind: 'session', session }, ...requirements)
  }

  return {
    check({ roleArn = '', loggingConfiguration: logging }, arn) {
      if (!iam) return
      const states: Principal = { kind: 'service', name: 'states.amazonaws.com', sourceArn: arn }
      if (!iam.allows(states, ...on('sts:AssumeRole', roleArn))) {
        throw new AwsError(
          'AccessDeniedException',
          `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role (${roleArn}).`,
        )
      }
      if (!logging || (logging.level ?? 'OFF') === 'OFF') return
      try {
        requireAs(roleArn, 'log-delivery', LOG_DELIVERY)
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error
        throw new AwsError(
          'AccessDeniedException',
          `The state machine IAM Role is not authorized to access the Log Destination (${error.message})`,
        )
      }
    },

    require: ({ roleArn }, execution, requirements) => requireAs(roleArn, execution, requirements),

    observe({ name, roleArn, tracingConfiguration: tracing }) {
      if (!(tracing as { enabled?: boolean } | undefined)?.enabled) return
      try {
        requireAs(roleArn, name, TRACING)
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error
        if (told.has(error.message)) return
        told.add(error.message)
        onUnwritten(name, `its traces: ${error.message}`)
      }
    },
  }
}
