import { parsePattern } from '../../services/eventbridge/pattern.ts'
import type { Properties } from '../properties.ts'
import type { Creator } from './creator.ts'

/** AWS::Lambda::Function, from an asset of the same folder. */
export const lambdaFunction: Creator = (creation) => {
  const { properties, services, assets, record, logicalId } = creation
  const name = properties.optional<string>('FunctionName') ?? creation.defaultName
  const code = properties.nested('Code')
  const assetPath = assets.path(code.required('S3Key'))
  code.withoutEffect('S3Bucket')
  code.end()
  const [architecture = 'x86_64'] = properties.optional<string[]>('Architectures') ?? []
  const description = properties.optional<string>('Description')
  const deadLetters = properties.nested('DeadLetterConfig')
  const deadLetterArn = deadLetters.optional<string>('TargetArn')
  deadLetters.end()
  const created = services.lambda.createFunction({
    name,
    assetPath,
    handler: properties.required('Handler'),
    runtime: nodeRuntime(properties),
    architecture,
    environment: environmentOf(properties),
    timeoutSeconds: properties.optional<number>('Timeout') ?? 3,
    memoryMegabytes: properties.optional<number>('MemorySize') ?? 128,
    ...(description ? { description } : {}),
    ...(deadLetterArn ? { deadLetterArn } : {}),
  })
  properties.withoutEffect(
    'Role',
    'TracingConfig',
    'LoggingConfig',
    'Tags',
    'KmsKeyArn',
    'ReservedConcurrentExecutions',
  )
  properties.end()
  record.functions.push({ logicalId, name, arn: created.arn, assetPath })
  return { ref: name, attributes: { Arn: created.arn } }
}

function nodeRuntime(properties: Properties): string {
  const runtime = properties.required<string>('Runtime')
  if (runtime.startsWith('nodejs')) return runtime
  return properties.refuse(`Runtime is ${runtime}; local AWS runs nodejs functions`)
}

function environmentOf(properties: Properties): Record<string, string> {
  const environment = properties.nested('Environment')
  const variables = environment.optional<Record<string, unknown>>('Variables') ?? {}
  environment.end()
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))
}

/** AWS::Lambda::EventInvokeConfig */
export const eventInvokeConfig: Creator = ({ properties, services, defaultName }) => {
  const qualifier = properties.optional<string>('Qualifier') ?? '$LATEST'
  if (qualifier !== '$LATEST') properties.refuse(`Qualifier is ${qualifier}; it must be $LATEST`)
  const maximumRetryAttempts = properties.optional<number>('MaximumRetryAttempts')
  const maximumEventAgeSeconds = properties.optional<number>('MaximumEventAgeInSeconds')
  const onFailure = onFailureOf(properties)
  services.lambda.configureEventInvoke(properties.required('FunctionName'), {
    ...(maximumRetryAttempts === undefined ? {} : { maximumRetryAttempts }),
    ...(maximumEventAgeSeconds === undefined ? {} : { maximumEventAgeSeconds }),
    ...(onFailure ? { onFailure } : {}),
  })
  properties.end()
  return { ref: defaultName, attributes: {} }
}

/** AWS::Lambda::EventSourceMapping of a table's stream. */
export const eventSourceMapping: Creator = ({ properties, services, record, logicalId }) => {
  const factor = properties.optional<number>('ParallelizationFactor') ?? 1
  if (factor !== 1) properties.refuse(`ParallelizationFactor is ${factor}; local AWS has 1 alone`)
  if (properties.optional('Enabled') === false) properties.refuse('Enabled is false: leave it out')
  const criteria = properties.nested('FilterCriteria')
  const filters = criteria.list('Filters').map((filter) => {
    const pattern = parsePattern(filter.required('Pattern'))
    filter.end()
    return pattern
  })
  criteria.end()
  const responses = properties.optional<string[]>('FunctionResponseTypes') ?? []
  const onFailure = onFailureOf(properties)
  const id = services.lambda.createEventSourceMapping({
    eventSourceArn: properties.required('EventSourceArn'),
    functionName: properties.required('FunctionName'),
    batchSize: properties.optional<number>('BatchSize') ?? 100,
    maximumBatchingWindowSeconds: properties.optional('MaximumBatchingWindowInSeconds') ?? 0,
    filters,
    reportBatchItemFailures: responses.includes('ReportBatchItemFailures'),
    bisectBatchOnFunctionError: properties.optional('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: properties.optional('MaximumRetryAttempts') ?? -1,
    maximumRecordAgeSeconds: properties.optional('MaximumRecordAgeInSeconds') ?? -1,
    ...(onFailure ? { onFailure } : {}),
  })
  // A mapping starts with the table here: both ends of the stream are the same.
  properties.withoutEffect('StartingPosition', 'Tags')
  properties.end()
  record.eventSourceMappings.push({ logicalId, id })
  return { ref: id, attributes: { Id: id } }
}

function onFailureOf(properties: Properties): string | undefined {
  const destinations = properties.nested('DestinationConfig')
  const onFailure = destinations.nested('OnFailure')
  const destination = onFailure.optional<string>('Destination')
  onFailure.end()
  destinations.end()
  if (destination === undefined || destination.split(':')[2] === 'sqs') return destination
  return properties.refuse(`the destination ${destination} is no queue; local AWS has SQS alone`)
}
