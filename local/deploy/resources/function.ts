import type { Properties } from '../properties.ts'
import type { Creator } from './creator.ts'
import { onFailureOf } from './destination.ts'

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
    role: properties.required('Role'),
    ...logAndTrace(properties),
  })
  properties.withoutEffect('Tags', 'KmsKeyArn', 'ReservedConcurrentExecutions')
  properties.end()
  record.functions.push({ logicalId, name, arn: created.arn, assetPath })
  return { ref: name, attributes: { Arn: created.arn } }
}

/** Where Lambda writes what the function's role has to allow it to write. */
function logAndTrace(properties: Properties) {
  const logging = properties.nested('LoggingConfig')
  const logGroup = logging.optional<string>('LogGroup')
  logging.withoutEffect('LogFormat', 'ApplicationLogLevel', 'SystemLogLevel')
  logging.end()
  const traces = properties.nested('TracingConfig')
  const tracing = traces.optional<'Active' | 'PassThrough'>('Mode')
  traces.end()
  return { ...(logGroup ? { logGroup } : {}), ...(tracing ? { tracing } : {}) }
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
