import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { type FunctionName, pascalCase } from '../function-names.ts'
import { WILDCARDS } from '../wildcards.ts'
import { acknowledgeWildcards } from './acknowledge-wildcards.ts'
import type { ControllerFunctions } from './controller-functions.ts'

/** The functions behind the states; `statemachine/canary.asl.json` names each as `${<Name>Function}`. */
const TASKS = [
  'prepare',
  'ready',
  'shift',
  'verify',
  'bake',
  'assess',
  'promote',
  'fail-back',
  'scale-down',
] as const satisfies readonly FunctionName[]

export interface WorkflowProps {
  readonly name: string
  /** The one definition there is: local runs use the same file. */
  readonly definition: string
  readonly functions: ControllerFunctions
  readonly logRetention: RetentionDays
}

export function createWorkflow(scope: Construct, props: WorkflowProps): sfn.StateMachine {
  const { name, definition, functions, logRetention } = props
  const workflow = new sfn.StateMachine(scope, 'Workflow', {
    stateMachineName: name,
    stateMachineType: sfn.StateMachineType.STANDARD,
    definitionBody: sfn.DefinitionBody.fromFile(definition),
    definitionSubstitutions: Object.fromEntries(
      TASKS.map((task) => [`${pascalCase(task)}Function`, functions[task].functionArn]),
    ),
    tracingEnabled: true,
    logs: {
      // The prefix keeps the log's resource policy within its size, however many state machines there are.
      destination: new LogGroup(scope, 'WorkflowLogs', {
        logGroupName: `/aws/vendedlogs/states/${name}`,
        retention: logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      level: sfn.LogLevel.ALL,
      // Events above 256 KiB are dropped from the log; the data is in the execution's own history.
      includeExecutionData: false,
    },
  })
  workflow.addToRolePolicy(
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: TASKS.map((task) => functions[task].functionArn),
    }),
  )
  // CDK's own grants, for the workflow's log and its traces.
  const watched = Object.keys(WILDCARDS).filter((action) => /^(logs|xray):/.test(action))
  acknowledgeWildcards(workflow.role, [{ actions: watched, resources: ['*'] }])
  return workflow
}

/**
 * The state machine's ARN out of its name: functions are told it, and the state machine is told theirs, which as
 * references would be a circle.
 */
export function workflowArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
}
