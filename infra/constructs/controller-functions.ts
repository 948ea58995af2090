import { Duration } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { METRICS_NAMESPACE, SERVICE } from '../../functions/shared/metric-names.ts'
import type { FunctionBundles } from '../bundling/bundle-functions.ts'
import { FUNCTIONS, type FunctionName, pascalCase } from '../function-names.ts'
import { functionIdentity } from './function-identity.ts'
import { type GrantPlaces, grantsOf } from './grants.ts'
import { CANDIDATE_INDEX } from './records-table.ts'

/** Shift's lease on the rollout's record outlasts this: no write can land after another one took over. */
export const FUNCTION_TIMEOUT = Duration.seconds(30)

export type ControllerFunctions = Readonly<Record<FunctionName, lambda.Function>>

const DESCRIPTIONS: Readonly<Record<FunctionName, string>> = {
  trigger: 'Starts a rollout for a task that runs in an idle slot',
  retrigger: 'Starts a rollout again when Triggered was reset in the table',
  prepare: 'Refuses what can be refused before traffic moves, and records the baseline',
  ready: 'Waits until the candidate can take traffic',
  shift: 'Sets the weights of a step',
  verify: 'Reads the router back until the weights are everywhere',
  bake: 'Makes a wait interruptible',
  assess: 'Runs the checks and decides',
  promote: 'Makes the candidate live',
  'fail-back': 'Restores and verifies the baseline',
  'scale-down': 'Takes the tasks of a slot that is not live any more',
  signal: 'Takes what may interrupt a bake: requests of people, stopped tasks, alarms',
  approve:
    'Takes approvals and rejections of people; apart from signal, so that IAM can tell who may',
  guard: 'Looks after rollouts, and fails back what a dead execution left',
  define: 'Writes the definition of a Canary for its stack',
}

export interface ControllerFunctionsProps extends GrantPlaces {
  readonly bundles: FunctionBundles
  readonly logRetention: RetentionDays
  /** Concurrent executions set aside for some functions, and their most. */
  readonly reservedConcurrency: Partial<Readonly<Record<FunctionName, number>>>
}

export function createFunctions(
  scope: Construct,
  props: ControllerFunctionsProps,
): ControllerFunctions {
  const created = FUNCTIONS.map((name) => [name, createFunction(scope, name, props)])
  return Object.fromEntries(created) as ControllerFunctions
}

function createFunction(
  scope: Construct,
  name: FunctionName,
  props: ControllerFunctionsProps,
): lambda.Function {
  const { table, stateMachineArn, eventBus, queues, bundles, reservedConcurrency } = props
  const { [name]: reserved } = reservedConcurrency
  return new lambda.Function(scope, pascalCase(name), {
    ...functionIdentity(scope, name, props, grantsOf(scope, name, props)),
    description: DESCRIPTIONS[name],
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    code: lambda.Code.fromAsset(bundles[name].directory),
    handler: 'index.handler',
    memorySize: 512,
    // `define` waits for roles and policies that its stack has only just made.
    timeout: name === 'define' ? Duration.minutes(2) : FUNCTION_TIMEOUT,
    tracing: lambda.Tracing.ACTIVE,
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    environment: {
      TABLE_NAME: table.tableName,
      CANDIDATE_INDEX,
      STATE_MACHINE_ARN: stateMachineArn,
      EVENT_BUS_NAME: eventBus,
      ENDED_EXECUTIONS_URL: queues.ended.queueUrl,
      FUNCTION_NAME: name,
      POWERTOOLS_SERVICE_NAME: SERVICE,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      NODE_OPTIONS: '--enable-source-maps',
    },
  })
}
