import { parsePattern } from '../../services/eventbridge/pattern.ts'
import type { MappingDefinition } from '../../services/lambda/event-source-mapping.ts'
import type { QueueMappingDefinition } from '../../services/lambda/queue-mapping.ts'
import type { Properties } from '../properties.ts'
import { onFailureOf } from './destination.ts'
import type { Creation, Made, ResourceType } from './resource-type.ts'

/** AWS::Lambda::EventSourceMapping of a table's stream or a queue. */
export const eventSourceMapping: ResourceType = {
  create(creation) {
    const { lambda } = creation.services
    const { source, properties } = sourceOf(creation)
    return made(
      isQueue(source)
        ? lambda.createQueueMapping(ofQueue(source, properties))
        : lambda.createEventSourceMapping(ofStream(source, properties)),
    )
  },
  update(update) {
    const { lambda } = update.services
    const { source, properties } = sourceOf(update)
    const { ref: id } = update.before.made
    if (isQueue(source)) lambda.updateQueueMapping(id, ofQueue(source, properties))
    else lambda.updateEventSourceMapping(id, ofStream(source, properties))
    return made(id)
  },
  // Another function is an update in place on AWS; here the mapping belongs to its function.
  replacedBy: ['EventSourceArn', 'FunctionName'],
  delete({ services, standing }) {
    services.lambda.deleteEventSourceMapping(standing.made.ref)
  },
}

const isQueue = (source: string): boolean => source.split(':')[2] === 'sqs'

function sourceOf({ properties }: Creation) {
  if (properties.optional('Enabled') === false) properties.refuse('Enabled is false: leave it out')
  properties.withoutEffect('Tags')
  return { source: properties.required<string>('EventSourceArn'), properties }
}

const made = (id: string): Made => ({
  ref: id,
  attributes: { Id: id },
  told: { eventSourceMappings: { id } },
})

function ofQueue(source: string, properties: Properties): QueueMappingDefinition {
  const definition = {
    eventSourceArn: source,
    functionName: properties.required<string>('FunctionName'),
    batchSize: properties.optional<number>('BatchSize') ?? 10,
    reportBatchItemFailures: reportsFailures(properties),
  }
  properties.end()
  return definition
}

function ofStream(source: string, properties: Properties): MappingDefinition {
  const factor = properties.optional<number>('ParallelizationFactor') ?? 1
  if (factor !== 1) properties.refuse(`ParallelizationFactor is ${factor}; local AWS has 1 alone`)
  const criteria = properties.nested('FilterCriteria')
  const filters = criteria.list('Filters').map((filter) => {
    const pattern = parsePattern(filter.required('Pattern'))
    filter.end()
    return pattern
  })
  criteria.end()
  const onFailure = onFailureOf(properties)
  const definition = {
    eventSourceArn: source,
    functionName: properties.required<string>('FunctionName'),
    batchSize: properties.optional<number>('BatchSize') ?? 100,
    maximumBatchingWindowSeconds:
      properties.optional<number>('MaximumBatchingWindowInSeconds') ?? 0,
    filters,
    reportBatchItemFailures: reportsFailures(properties),
    bisectBatchOnFunctionError: properties.optional<boolean>('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: properties.optional<number>('MaximumRetryAttempts') ?? -1,
    maximumRecordAgeSeconds: properties.optional<number>('MaximumRecordAgeInSeconds') ?? -1,
    ...(onFailure ? { onFailure } : {}),
  }
  // A mapping starts with the table here: both ends of the stream are the same.
  properties.withoutEffect('StartingPosition')
  properties.end()
  return definition
}

function reportsFailures(properties: Properties): boolean {
  const responses = properties.optional<string[]>('FunctionResponseTypes') ?? []
  return responses.includes('ReportBatchItemFailures')
}
