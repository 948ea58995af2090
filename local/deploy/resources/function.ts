import type { FunctionDefinition } from '../../services/lambda/index.ts'
import type { Properties } from '../properties.ts'
import { onFailureOf } from './destination.ts'
import type { Creation, Made, ResourceType } from './resource-type.ts'

/** AWS::Lambda::Function, from an asset of the same folder. */
export const lambdaFunction: ResourceType = {
  create(creation) {
    const definition = definitionOf(creation)
    return made(definition, creation.services.lambda.createFunction(definition).arn)
  },
  async update(update) {
    const definition = definitionOf(update)
    const { arn } = await update.services.lambda.updateFunction(definition)
    return made(definition, arn)
  },
  replacedBy: ['FunctionName'],
  async delete({ services, standing }) {
    await services.lambda.deleteFunction(standing.made.ref)
  },
}

function definitionOf({ properties, assets, defaultName }: Creation): FunctionDefinition {
  const code = properties.nested('Code')
  const assetPath = assets.path(code.required('S3Key'))
  code.withoutEffect('S3Bucket')
  code.end()
  const [architecture = 'x86_64'] = properties.optional<string[]>('Architectures') ?? []
  const description = properties.optional<string>('Description')
  const deadLetters = properties.nested('DeadLetterConfig')
  const deadLetterArn = deadLetters.optional<string>('TargetArn')
  deadLetters.end()
  const definition = {
    name: properties.optional<string>('FunctionName') ?? defaultName,
    assetPath,
    handler: properties.required<string>('Handler'),
    runtime: nodeRuntime(properties),
    architecture,
    environment: environmentOf(properties),
    timeoutSeconds: properties.optional<number>('Timeout') ?? 3,
    memoryMegabytes: properties.optional<number>('MemorySize') ?? 128,
    ...(description ? { description } : {}),
    ...(deadLetterArn ? { deadLetterArn } : {}),
    role: properties.required<string>('Role'),
    ...logAndTrace(properties),
  }
  properties.withoutEffect('Tags', 'KmsKeyArn', 'ReservedConcurrentExecutions')
  properties.end()
  return definition
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

const made = ({ name, assetPath }: FunctionDefinition, arn: string): Made => ({
  ref: name,
  attributes: { Arn: arn },
  told: { functions: { name, arn, assetPath } },
})

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
export const eventInvokeConfig: ResourceType = {
  create(creation) {
    configure(creation)
    return { ref: creation.defaultName, attributes: {} }
  },
  update(update) {
    configure(update)
    return update.before.made
  },
  replacedBy: ['FunctionName', 'Qualifier'],
  delete({ services, standing }) {
    services.lambda.configureEventInvoke(String(standing.properties.FunctionName), {})
  },
}

function configure({ properties, services }: Creation): void {
  const qualifier = properties.optional<string>('Qualifier') ?? '$LATEST'
  if (qualifier !== '$LATEST') properties.refuse(`Qualifier is ${qualifier}; it must be $LATEST`)
  const maximumRetryAttempts = properties.optional<number>('MaximumRetryAttempts')
  const maximumEventAgeSeconds = properties.optional<number>('MaximumEventAgeInSeconds')
  const onFailure = onFailureOf(properties)
  const name = properties.required<string>('FunctionName')
  properties.end()
  services.lambda.configureEventInvoke(name, {
    ...(maximumRetryAttempts === undefined ? {} : { maximumRetryAttempts }),
    ...(maximumEventAgeSeconds === undefined ? {} : { maximumEventAgeSeconds }),
    ...(onFailure ? { onFailure } : {}),
  })
}
