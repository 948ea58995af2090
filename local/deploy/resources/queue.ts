import { queueArn } from '../../services/sqs/state.ts'
import type { Creator } from './creator.ts'
import { callOperation } from './operation.ts'

const ATTRIBUTES = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]

/** AWS::SQS::Queue */
export const queue: Creator = async ({ properties, services, defaultName, record, logicalId }) => {
  const name = properties.optional<string>('QueueName') ?? defaultName
  const attributes = ATTRIBUTES.map((one) => [one, properties.optional(one)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([one, value]) => [one, typeof value === 'object' ? JSON.stringify(value) : String(value)])
  properties.withoutEffect('Tags')
  properties.end()
  const { QueueUrl: url } = await callOperation<{ QueueUrl: string }>(services.sqs, 'CreateQueue', {
    QueueName: name,
    Attributes: Object.fromEntries(attributes),
  })
  const arn = queueArn(name)
  record.queues.push({ logicalId, name, arn })
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
}
