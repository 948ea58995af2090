import { join } from 'node:path'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { type FunctionBundles, ROOT } from '../bundling/bundle-functions.ts'
import { type ControllerFunctions, createFunctions } from './controller-functions.ts'
import { createDeadLetters, type DeadLetters, followTable, routeEvents } from './event-sources.ts'
import { createRecordsTable, type RecordsTable } from './records-table.ts'
import { createWorkflow, workflowArn } from './workflow.ts'

export interface CanaryControllerProps {
  /** The functions' code, of `bundleFunctions`. */
  readonly bundles: FunctionBundles
  /** The state machine's name, and the prefix of the functions'. */
  readonly name?: string
  readonly logRetention?: RetentionDays
}

/**
 * All of Sluice that an account and region needs once: the table, the functions, the workflow and the rules.
 * At rest it costs nothing but the table's storage and the requests of Lambda that poll one queue.
 */
export class CanaryController extends Construct {
  readonly table: RecordsTable
  readonly functions: ControllerFunctions
  readonly workflow: StateMachine
  readonly deadLetters: DeadLetters

  constructor(scope: Construct, id: string, props: CanaryControllerProps) {
    super(scope, id)
    const { bundles, name = 'sluice', logRetention = RetentionDays.THREE_MONTHS } = props
    const stateMachineArn = workflowArn(this, name)

    this.table = createRecordsTable(this)
    this.functions = createFunctions(this, {
      name,
      bundles,
      logRetention,
      table: this.table,
      stateMachineArn,
      eventBus: 'default',
    })
    this.workflow = createWorkflow(this, {
      name,
      logRetention,
      functions: this.functions,
      definition: join(ROOT, 'statemachine', 'canary.asl.json'),
    })
    this.deadLetters = createDeadLetters(this)
    routeEvents(this, stateMachineArn, this.functions, this.deadLetters)
    followTable(this.table, this.functions, this.deadLetters)
  }
}
