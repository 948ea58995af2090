import { Duration } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { eventRules } from '../../events/rules.ts'
import type { ControllerFunctions } from './controller-functions.ts'
import type { RecordsTable } from './records-table.ts'

/** Where events end that could not be handled: nothing is lost in silence. */
export interface DeadLetters {
  /** Events that EventBridge could not hand to their function. */
  readonly undelivered: sqs.Queue
  /** Events whose function failed at every attempt. */
  readonly unhandled: sqs.Queue
  /** Positions in the table's stream of changes that could not be followed. */
  readonly unfollowed: sqs.Queue
}

export function createDeadLetters(scope: Construct): DeadLetters {
  const queue = (id: string) =>
    new sqs.Queue(scope, id, {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
  return {
    undelivered: queue('UndeliveredEvents'),
    unhandled: queue('UnhandledEvents'),
    unfollowed: queue('UnfollowedChanges'),
  }
}

/** The rules of `events/rules.ts`, each to its function. */
export function routeEvents(
  scope: Construct,
  stateMachineArn: string,
  functions: ControllerFunctions,
  { undelivered, unhandled }: DeadLetters,
): void {
  const rules = eventRules(stateMachineArn)
  for (const { name, why, functionName, pattern } of rules) {
    new events.Rule(scope, name, {
      description: why,
      eventPattern: {
        source: [...pattern.source],
        detailType: [...pattern.detailType],
        detail: pattern.detail,
      },
      targets: [
        new LambdaFunction(functions[functionName], {
          deadLetterQueue: undelivered,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    })
  }
  for (const functionName of new Set(rules.map((rule) => rule.functionName))) {
    functions[functionName].configureAsyncInvoke({
      onFailure: new SqsDestination(unhandled),
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    })
  }
}

/** Tells `retrigger` what changed in the table; changes of rollouts, most of all, are none of its concern. */
export function followTable(
  table: RecordsTable,
  functions: ControllerFunctions,
  { unfollowed }: DeadLetters,
): void {
  functions.retrigger.addEventSource(
    new DynamoEventSource(table, {
      // From the oldest: a definition written while the mapping comes to life is not missed.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A change that cannot be followed blocks the changes behind it: minutes, not the stream's day.
      retryAttempts: 10,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(unfollowed),
      filters: [
        lambda.FilterCriteria.filter({
          dynamodb: { Keys: { Record: { S: ['state', 'definition'] } } },
        }),
      ],
    }),
  )
}
