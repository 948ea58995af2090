import { join } from 'node:path'
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { type FunctionBundles, ROOT } from '../bundling/bundle-functions.ts'
import type { FunctionName } from '../function-names.ts'
import { createAlarms } from './controller-alarms.ts'
import { createDashboard } from './controller-dashboard.ts'
import { type ControllerFunctions, createFunctions } from './controller-functions.ts'
import {
  checkControllerName,
  DEFAULT_CONTROLLER_NAME,
  definitionsFunctionArn,
} from './controller-names.ts'
import { ControllerReference, type ICanaryController, placeOf } from './controller-reference.ts'
import { createDefinitions } from './definitions.ts'
import { createQueues, type DeadLetters, followTable, routeEvents } from './event-sources.ts'
import { createRecordsTable, type RecordsTable } from './records-table.ts'
import { RolloutNotifications } from './rollout-notifications.ts'
import { createWorkflow, workflowArn } from './workflow.ts'

export interface CanaryControllerProps {
  /** The functions' code, of `bundleFunctions`. */
  readonly bundles: FunctionBundles
  /** The state machine's name, and the prefix of the functions' and roles'; `sluice` unless told. */
  readonly name?: string
  /** Of all logs; three months unless told. */
  readonly logRetention?: RetentionDays
  /**
   * Concurrent executions set aside for single functions. None unless told: an account's quota has to leave 100 for
   * functions without, and the quota of a new account is 10, so that its deployment would fail.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  readonly reservedConcurrency?: Partial<Readonly<Record<FunctionName, number>>>
  /** Told of the controller's own failures, by its alarms. */
  readonly alarmTopic?: ITopic
  /** Told of what rollouts do, a sentence each. */
  readonly notifications?: ITopic
}

/**
 * All of Sluice that an account and region needs once: the table, the functions, the workflow and the rules.
 * At rest it costs the table's storage, the requests of Lambda that poll one queue, and alarms: docs/guide/costs.md.
 */
export class CanaryController extends Construct implements ICanaryController {
  /** The controller of this name in the same account and region, from whatever stack or app it is. */
  static fromName(
    scope: Construct,
    id: string,
    name: string = DEFAULT_CONTROLLER_NAME,
  ): ICanaryController {
    return new ControllerReference(scope, id, name)
  }

  readonly controllerName: string
  readonly serviceToken: string
  readonly table: RecordsTable
  readonly functions: ControllerFunctions
  readonly workflow: StateMachine
  readonly deadLetters: DeadLetters
  readonly alarms: readonly Alarm[]
  readonly dashboard: Dashboard

  /** @throws {TypeError} where AWS would refuse a name that is made of the controller's. */
  constructor(scope: Construct, id: string, props: CanaryControllerProps) {
    super(scope, id)
    const { bundles, logRetention = RetentionDays.THREE_MONTHS, reservedConcurrency = {} } = props
    const controllerName = checkControllerName(props.name ?? DEFAULT_CONTROLLER_NAME)
    const stateMachineArn = workflowArn(this, controllerName)
    this.controllerName = controllerName
    // By its name and not by reference, so that canaries in other stacks hold nothing of this one.
    this.serviceToken = definitionsFunctionArn(placeOf(this), controllerName)

    this.table = createRecordsTable(this)
    const queues = createQueues(this)
    this.functions = createFunctions(this, {
      controllerName,
      bundles,
      logRetention,
      reservedConcurrency,
      table: this.table,
      stateMachineArn,
      eventBus: 'default',
      queues,
    })
    createDefinitions(this, this.functions.define, { controllerName, logRetention })
    this.workflow = createWorkflow(this, {
      name: controllerName,
      logRetention,
      functions: this.functions,
      definition: join(ROOT, 'statemachine', 'canary.asl.json'),
    })
    const { undelivered, unhandled, unfollowed } = queues
    this.deadLetters = { undelivered, unhandled, unfollowed }
    routeEvents(this, stateMachineArn, this.functions, queues)
    followTable(this.table, this.functions, queues)

    const { table, functions, workflow, deadLetters } = this
    const parts = { controllerName, table, functions, workflow, deadLetters }
    this.alarms = createAlarms(this, parts, props.alarmTopic)
    this.dashboard = createDashboard(this, parts)
    if (props.notifications) {
      new RolloutNotifications(this, 'Notifications', {
        topic: props.notifications,
        deadLetterQueue: queues.undelivered,
      })
    }
  }
}
