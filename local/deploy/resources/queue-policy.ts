import type { Creator } from './creator.ts'
import { callOperation } from './operation.ts'

/** AWS::SQS::QueuePolicy: one document, the policy of each of its queues. */
export const queuePolicy: Creator = async ({ properties, services, defaultName }) => {
  const Policy = JSON.stringify(properties.required('PolicyDocument'))
  for (const QueueUrl of properties.required<readonly string[]>('Queues')) {
    const Attributes = { Policy }
    await callOperation(services.sqs, 'SetQueueAttributes', { QueueUrl, Attributes })
  }
  properties.end()
  return { ref: defaultName, attributes: { Id: defaultName } }
}
