import * as schemas from '@aws-sdk/client-sns'
import { on } from '../../wire/authorization.ts'
import type { Service } from '../../wire/service.ts'
import { authorization } from './authorization.ts'
import { type Delivering, type Message, publish, publishOperation } from './publish.ts'
import { Topics } from './state.ts'
import { subscriptionOperations } from './subscriptions.ts'
import { topicOperations } from './topics.ts'

/** Topics with subscriptions of queues and functions. */
export interface Sns extends Service {
  readonly topics: Topics
  /** For a service that publishes by itself; whether it may is its own to ask. @throws {AwsError} */
  publish(topicArn: string, message: Message): void
  /** What an alarm does with its topic, which has to allow it. @throws {AwsError} */
  publishForAlarm(topicArn: string, alarmArn: string, message: Message): void
}

export function createSns(delivering: Delivering): Sns {
  const topics = new Topics()
  const { iam } = delivering
  iam?.providePolicies('sns', (arn) => topics.get(arn).policy)
  return {
    name: 'sns',
    schemas,
    authorization,
    operations: {
      ...topicOperations(topics),
      ...subscriptionOperations(topics),
      ...publishOperation(topics, delivering),
    },
    supports: {
      CreateTopic: ['Name', 'Attributes', 'Tags'],
      ListTopics: [],
      ListSubscriptionsByTopic: ['TopicArn'],
      Publish: ['TopicArn', 'Message', 'Subject', 'MessageAttributes'],
    },
    topics,
    publish: (arn, message) => void publish(topics, delivering, arn, message),
    publishForAlarm(arn, alarmArn, message) {
      // A topic without a policy of its own has the standard one, which allows the account's alarms.
      if (topics.get(arn).policy) {
        const name = 'cloudwatch.amazonaws.com'
        iam?.require({ kind: 'service', name, sourceArn: alarmArn }, ...on('sns:Publish', arn))
      }
      publish(topics, delivering, arn, message)
    },
  }
}
