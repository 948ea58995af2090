import { Duration, Validations } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { MOST_RECEIVES } from '../../core/model/reminder.ts'
import { eventRules } from '../../events/rules.ts'
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

export interface Queues extends DeadLetters {
  /** Executions that ended without promotion, and reminders of rollouts: `guard` gets them one by one. */
  readonly ended: sqs.Queue
}

/**
 * Six times the function's time limit, as AWS advises, so that a throttled poller does not hand a message out twice.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const REDELIVERY = Duration.seconds(6 * FUNCTION_TIMEOUT.toSeconds())

export function createQueues(scope: Construct): Queues {
  const unhandled = createQueue(scope, 'UnhandledEvents')
  const undelivered = createQueue(scope, 'UndeliveredEvents')
  const unfollowed = createQueue(scope, 'UnfollowedChanges')
  for (const last of [undelivered, unfollowed]) {
    Validations.of(last).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'it is a dead-letter queue itself, of a rule or of a stream mapping',
    })
  }
  return {
    undelivered,
    unhandled,
    unfollowed,
    ended: createQueue(scope, 'EndedExecutions', {
      visibilityTimeout: REDELIVERY,
      // 8 hours of redeliveries. Only then is it a person's matter.
      deadLetterQueue: { queue: unhandled, maxReceiveCount: MOST_RECEIVES },
    }),
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

/** The rules of `events/rules.ts`, each to its function. */
export function routeEvents(
  scope: Construct,
  stateMachineArn: string,
  functions: ControllerFunctions,
  queues: Queues,
): void {
  functions.guard.addEventSource(
    new SqsEventSource(queues.ended, {
      // One at a time: none waits for another's redelivery.
      batchSize: 1,
      // A reminder that comes again is no failure: Lambda would poll less after one.
      reportBatchItemFailures: true,
    }),
  )
  const rules = eventRules(stateMachineArn)
  const direct = new Set(rules.filter(({ way }) => way === 'direct').map((one) => one.functionName))
  for (const functionName of direct) keepUnhandled(functions[functionName], queues)
  for (const { name, why, functionName, way, pattern } of rules) {
    const rule = new events.Rule(scope, name, {
      description: why,
      eventPattern: {
        source: [...pattern.source],
        detailType: [...pattern.detailType],
        detail: pattern.detail,
      },
    })
    rule.addTarget(
      way === 'direct'
        ? directTo(functions[functionName], queues)
        : queueTarget(rule, queues.ended, queues.undelivered),
    )
  }
}

const DELIVERY = { retryAttempts: 185, maxEventAge: Duration.hours(24) }

function keepUnhandled(target: lambda.Function, { unhandled }: Queues): void {
  target.configureAsyncInvoke({
    onFailure: new SqsDestination(unhandled),
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
  })
}

function directTo(target: lambda.Function, { undelivered }: Queues): events.IRuleTarget {
  return new LambdaFunction(target, { ...DELIVERY, deadLetterQueue: undelivered })
}

/** CDK's own target would let the rule also look at the queue, which it has no need to. */
function queueTarget(
  rule: events.Rule,
  queue: sqs.Queue,
  deadLetterQueue: sqs.Queue,
): events.IRuleTarget {
  for (const [sid, one] of [
    [`Send${rule.node.id}`, queue],
    [`Keep${rule.node.id}`, deadLetterQueue],
  ] as const) {
    one.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [one.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    )
  }
  return {
    bind: () => ({
      arn: queue.queueArn,
      targetResource: queue,
      deadLetterConfig: { arn: deadLetterQueue.queueArn },
      retryPolicy: {
        maximumRetryAttempts: DELIVERY.retryAttempts,
        maximumEventAgeInSeconds: DELIVERY.maxEventAge.toSeconds(),
      },
    }),
  }
}

/** Tells `retrigger` what changed in the table; changes of rollouts, most of all, are none of its concern. */
export function followTable(
  table: RecordsTable,
  functions: ControllerFunctions,
  { unfollowed }: Queues,
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
