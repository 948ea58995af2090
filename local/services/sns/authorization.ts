import { type Authorization, on, onAll } from '../../wire/authorization.ts'
import { topicArn } from './state.ts'

interface OfTopic {
  readonly TopicArn?: string
  readonly Name?: string
}

const onTopic =
  (action: string) =>
  ({ TopicArn: arn, Name: name = '' }: OfTopic) =>
    on(`sns:${action}`, arn ?? topicArn(name))

/** Subscriptions are no resources of policies: their topics are. */
const onSubscription =
  (action: string) =>
  ({ SubscriptionArn: arn = '' }: { readonly SubscriptionArn?: string }) =>
    on(`sns:${action}`, arn.split(':').slice(0, 6).join(':'))

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const authorization: Authorization = {
  CreateTopic: onTopic('CreateTopic'),
  DeleteTopic: onTopic('DeleteTopic'),
  ListTopics: () => onAll('sns:ListTopics'),
  GetTopicAttributes: onTopic('GetTopicAttributes'),
  SetTopicAttributes: onTopic('SetTopicAttributes'),
  Subscribe: onTopic('Subscribe'),
  Unsubscribe: onSubscription('Unsubscribe'),
  ListSubscriptionsByTopic: onTopic('ListSubscriptionsByTopic'),
  GetSubscriptionAttributes: onSubscription('GetSubscriptionAttributes'),
  SetSubscriptionAttributes: onSubscription('SetSubscriptionAttributes'),
  Publish: onTopic('Publish'),
}
