import { Duration } from 'aws-cdk-lib'
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import {
  CANARY_ROLLOUT_STATE_CHANGE,
  type CanaryRolloutStateChange,
  SLUICE_SOURCE,
} from '../../events/canary-rollout-state-change.ts'

export interface RolloutNotificationsProps {
  /** Of this app: its policy has to let EventBridge publish, which an imported topic's owner has to add. */
  readonly topic: ITopic
  /** Names of canaries; all unless told. */
  readonly canaries?: readonly string[]
  /** Which changes; all unless told. */
  readonly states?: readonly CanaryRolloutStateChange['detail']['state'][]
  /** How grave; all unless told. */
  readonly severities?: readonly CanaryRolloutStateChange['detail']['severity'][]
  /** Gets what could not be published. */
  readonly deadLetterQueue?: IQueue
}

/** Tells a topic, in a sentence, what rollouts do: for a chat, or for whoever wants mail. */
export class RolloutNotifications extends Construct {
  readonly rule: Rule

  constructor(scope: Construct, id: string, props: RolloutNotificationsProps) {
    super(scope, id)
    const { topic, canaries, states, severities, deadLetterQueue } = props
    const detail = {
      ...(canaries === undefined ? {} : { canary: [...canaries] }),
      ...(states === undefined ? {} : { state: [...states] }),
      ...(severities === undefined ? {} : { severity: [...severities] }),
    }
    this.rule = new Rule(this, 'Rule', {
      description: 'What rollouts do, for people',
      eventPattern: {
        source: [SLUICE_SOURCE],
        detailType: [CANARY_ROLLOUT_STATE_CHANGE],
        ...(Object.keys(detail).length === 0 ? {} : { detail }),
      },
    })
    allow(this.rule, topic, 'sns:Publish', topic.topicArn)
    if (deadLetterQueue)
      allow(this.rule, deadLetterQueue, 'sqs:SendMessage', deadLetterQueue.queueArn)
    this.rule.addTarget({
      bind: () => ({
        arn: topic.topicArn,
        targetResource: topic,
        input: sentence(),
        retryPolicy: {
          maximumRetryAttempts: 185,
          maximumEventAgeInSeconds: Duration.hours(24).toSeconds(),
        },
        ...(deadLetterQueue === undefined
          ? {}
          : { deadLetterConfig: { arn: deadLetterQueue.queueArn } }),
      }),
    })
  }
}

/** The event's own message, and where to look. */
function sentence(): RuleTargetInput {
  const of = (field: string) => EventField.fromPath(`$.detail.${field}`)
  return RuleTargetInput.fromText(`[${of('severity')}] ${of('message')} ${of('link')}`)
}

function allow(
  rule: Rule,
  place: Pick<ITopic | IQueue, 'addToResourcePolicy'>,
  action: string,
  arn: string,
): void {
  place.addToResourcePolicy(
    new PolicyStatement({
      sid: `Tell${rule.node.addr.slice(-8)}`,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: [action],
      resources: [arn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    }),
  )
}
