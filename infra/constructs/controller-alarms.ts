import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { FUNCTIONS, type FunctionName } from '../function-names.ts'
import type { ControllerFunctions } from './controller-functions.ts'
import { controllerMetric, PERIOD, sumOf, waitingIn } from './controller-metrics.ts'
import type { DeadLetters } from './event-sources.ts'
import type { RecordsTable } from './records-table.ts'

/** What the alarms and the dashboard look at. */
export interface ControllerParts {
  readonly controllerName: string
  readonly functions: ControllerFunctions
  readonly workflow: StateMachine
  readonly deadLetters: DeadLetters
  readonly table: RecordsTable
}

/** What an alarm means, and what whoever is woken by it should do. */
interface Wanted {
  readonly id: string
  readonly description: string
  readonly metric: IMetric
}

/** The functions that the workflow calls; the others hear of events, of the table, and of CloudFormation. */
const BEHIND_EVENTS: readonly FunctionName[] = ['define', 'trigger', 'retrigger', 'signal', 'guard']

/** The controller's own failures, each an alarm from the first one on. A candidate that fails is none of them. */
export function createAlarms(
  scope: Construct,
  parts: ControllerParts,
  topic?: ITopic,
): readonly Alarm[] {
  const alarms = wanted(parts).map(
    ({ id, description, metric }) =>
      new Alarm(scope, id, {
        alarmName: `${parts.controllerName}-${id}`,
        alarmDescription: description,
        metric,
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        // Between rollouts there is nothing to count.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
  )
  if (topic) tell(topic, alarms)
  return alarms
}

function wanted({ functions, workflow, deadLetters, table }: ControllerParts): readonly Wanted[] {
  const throttles = (names: readonly FunctionName[]) =>
    sumOf(
      'throttles',
      names.map((name) => functions[name].metricThrottles({ period: PERIOD })),
    )
  const behindWorkflow = FUNCTIONS.filter((name) => !BEHIND_EVENTS.includes(name))
  return [
    {
      id: 'DeadLetters',
      description:
        'An event or a change of the table was given up. Look at the dead-letter queues, mend the cause, and trigger the canary again.',
      metric: sumOf('messages', Object.values(deadLetters).map(waitingIn)),
    },
    {
      id: 'FailBackFailed',
      description:
        'An attempt to restore a baseline failed; it is tried again for 8 hours. Look at the execution: traffic may still be where it should not be.',
      metric: controllerMetric('FailBackFailed'),
    },
    {
      id: 'GuardUsed',
      description:
        'An execution ended without an outcome and the guard fails it back. Somebody stopped it, or it broke: look at why.',
      metric: controllerMetric('Recovering'),
    },
    {
      id: 'FunctionFailed',
      description:
        "A function ended in an error that is no rollout's ordinary end. Look at its log.",
      metric: controllerMetric('FunctionFailed'),
    },
    {
      id: 'EventsThrottled',
      description:
        "Lambda throttled a function that hears of events. Raise the account's quota of concurrent executions.",
      metric: throttles(BEHIND_EVENTS),
    },
    {
      id: 'TasksThrottled',
      description:
        "Lambda throttled a function of the workflow. Raise the account's quota of concurrent executions.",
      metric: throttles(behindWorkflow),
    },
    {
      id: 'WorkflowThrottled',
      description:
        'Step Functions or DynamoDB throttled. Raise the quota of state transitions, or look for who reads the table.',
      metric: sumOf('throttles', [
        workflow.metricThrottled({ period: PERIOD }),
        table.metric('ReadThrottleEvents', { period: PERIOD, statistic: 'Sum' }),
        table.metric('WriteThrottleEvents', { period: PERIOD, statistic: 'Sum' }),
      ]),
    },
  ]
}

/** A topic with a policy of its own has lost the one by which CloudWatch may publish. */
function tell(topic: ITopic, alarms: readonly Alarm[]): void {
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic))
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnEquals: { 'aws:SourceArn': alarms.map((alarm) => alarm.alarmArn) } },
    }),
  )
}
