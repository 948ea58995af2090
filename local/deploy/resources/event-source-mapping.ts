import { parsePattern } from '../../services/eventbridge/pattern.ts'
import type { Properties } from '../properties.ts'
import type { Creator, DeployServices } from './creator.ts'
import { onFailureOf } from './destination.ts'

/** AWS::Lambda::EventSourceMapping of a table's stream or a queue. */
export const eventSourceMapping: Creator = ({ properties, services, record, logicalId }) => {
  if (properties.optional('Enabled') === false) properties.refuse('Enabled is false: leave it out')
  properties.withoutEffect('Tags')
  const source = properties.required<string>('EventSourceArn')
  const ofSource = source.split(':')[2] === 'sqs' ? ofQueue : ofStream
  const id = ofSource(source, properties, services)
  record.eventSourceMappings.push({ logicalId, id })
  return { ref: id, attributes: { Id: id } }
}

function ofQueue(source: string, properties: Properties, { lambda }: DeployServices): string {
  const definition = {
    eventSourceArn: source,
    functionName: properties.required<string>('FunctionName'),
    batchSize: properties.optional<number>('BatchSize') ?? 10,
    reportBatchItemFailures: reportsFailures(properties),
  }
  properties.end()
  return lambda.createQueueMapping(definition)
}

function ofStream(source: string, properties: Properties, { lambda }: DeployServices): string {
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
  return lambda.createEventSourceMapping(definition)
}

function reportsFailures(properties: Properties): boolean {
  const responses = properties.optional<string[]>('FunctionResponseTypes') ?? []
  return responses.includes('ReportBatchItemFailures')
}
