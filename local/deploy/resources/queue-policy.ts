import type { Creation, Made, ResourceType, Standing } from './resource-type.ts'

/** AWS::SQS::QueuePolicy: one document, the policy of each of its queues. */
export const queuePolicy: ResourceType = {
  async create({ properties, services, defaultName }: Creation): Promise<Made> {
    const Policy = JSON.stringify(properties.required('PolicyDocument'))
    for (const queue of properties.required<readonly string[]>('Queues')) {
      await setPolicy(services, queue, Policy)
    }
    properties.end()
    return { ref: defaultName, attributes: { Id: defaultName } }
  },
  async update(update) {
    const made = await queuePolicy.create(update)
    const kept = update.properties.required<readonly string[]>('Queues')
    for (const queue of queuesOf(update.before)) {
      if (!kept.includes(queue)) await setPolicy(update.services, queue, '')
    }
    return made
  },
  async delete({ services, standing }) {
    for (const queue of queuesOf(standing)) await setPolicy(services, queue, '')
  },
}

/** An empty text takes the policy away. */
const setPolicy = ({ call }: Creation['services'], QueueUrl: string, Policy: string) =>
  call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } })

function queuesOf({ properties }: Standing): readonly string[] {
  return Array.isArray(properties.Queues) ? properties.Queues : []
}
