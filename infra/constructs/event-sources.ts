import { Duration } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import { LambdaFunction, SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type EventRule, eventRules } from '../../events/rules.ts'
import { type ControllerFunctions, FUNCTION_TIMEOUT } from './controller-functions.ts'
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
  return {
    undelivered: createQueue(scope, 'UndeliveredEvents'),
    unhandled: createQueue(scope, 'UnhandledEvents'),
    unfollowed: createQueue(scope, 'UnfollowedChanges'),
  }
}

function createQueue(scope: Construct, id: string, more: sqs.QueueProps = {}): sqs.Queue {
  return new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...more,
  })
}

/**
 * Six times the function's time limit, as AWS advises, so that a throttled poller does not hand a message out twice.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const REDELIVERY = Duration.seconds(6 * FUNCTION_TIMEOUT.toSeconds())

/** 8 hours of redeliveries: as long as `Fail Back` retries. Only then is it a person's matter. */
const MOST_RECEIVES = Duration.hours(8).toSeconds() / REDELIVERY.toSeconds()

/** The rules of `events/rules.ts`, each to its function. */
export function routeEvents(
  scope: Construct,
  stateMachineArn: string,
  functions: ControllerFunctions,
  deadLetters: DeadLetters,
): void {
  for (const { name, why, functionName, way, pattern } of eventRules(stateMachineArn)) {
    new events.Rule(scope, name, {
      description: why,
      eventPattern: {
        source: [...pattern.source],
        detailType: [...pattern.detailType],
        detail: pattern.detail,
      },
      targets: [
        targetOf(scope, way, functions[functionName], deadLetters, {
          deadLetterQueue: deadLetters.undelivered,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    })
  }
}

function targetOf(
  scope: Construct,
  way: EventRule['way'],
  target: lambda.Function,
  { unhandled }: DeadLetters,
  delivery: TargetBaseProps,
): events.IRuleTarget {
  if (way === 'direct') {
    target.configureAsyncInvoke({
      onFailure: new SqsDestination(unhandled),
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    })
    return new LambdaFunction(target, delivery)
  }
  const queue = createQueue(scope, 'EndedExecutions', {
    visibilityTimeout: REDELIVERY,
    deadLetterQueue: { queue: unhandled, maxReceiveCount: MOST_RECEIVES },
  })
  // One at a time: none waits for another's redelivery.
  target.addEventSource(new SqsEventSource(queue, { batchSize: 1 }))
  return new SqsQueue(queue, delivery)
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
      // A waiting revision and a new definition outlast an outage: tried again for as long as the stream keeps
      // them. What no retry mends `retrigger` skips by itself, so that nothing behind it waits a day.
      retryAttempts: -1,
      maxRecordAge: Duration.hours(24),
      onFailure: new SqsDlq(unfollowed),
      filters: [
        lambda.FilterCriteria.filter({
          dynamodb: { Keys: { Record: { S: ['state', 'definition'] } } },
        }),
      ],
    }),
  )
}
