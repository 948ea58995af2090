import { readFileSync } from 'node:fs'
import type { Assets } from '../assets.ts'
import type { Properties } from '../properties.ts'
import type { Creation, Made, ResourceType } from './resource-type.ts'

/** AWS::StepFunctions::StateMachine */
export const stateMachine: ResourceType = {
  async create(creation) {
    const { name, input } = read(creation)
    const given = { ...input, name, type: typeOf(creation.properties) }
    creation.properties.end()
    const { stateMachineArn } = await creation.services.call<{ stateMachineArn: string }>(
      'stepfunctions',
      'CreateStateMachine',
      given,
    )
    return made(name, stateMachineArn, input.definition)
  },
  async update(update) {
    const { name, input } = read(update)
    typeOf(update.properties)
    update.properties.end()
    const stateMachineArn = update.before.made.ref
    await update.services.call('stepfunctions', 'UpdateStateMachine', { stateMachineArn, ...input })
    return made(name, stateMachineArn, input.definition)
  },
  replacedBy: ['StateMachineName', 'StateMachineType'],
  async delete({ services, standing }) {
    await services.call('stepfunctions', 'DeleteStateMachine', {
      stateMachineArn: standing.made.ref,
    })
  },
}

function read({ properties, assets, defaultName }: Creation) {
  const name = properties.optional<string>('StateMachineName') ?? defaultName
  const input = {
    definition: substituted(definitionOf(properties, assets), properties),
    roleArn: properties.required('RoleArn'),
    loggingConfiguration: logging(properties),
    tracingConfiguration: tracing(properties),
  }
  properties.withoutEffect('Tags', 'EncryptionConfiguration')
  return { name, input }
}

const typeOf = (properties: Properties): string =>
  properties.optional<string>('StateMachineType') ?? 'STANDARD'

function made(name: string, arn: string, definition: string): Made {
  return {
    ref: arn,
    attributes: { Arn: arn, Name: name },
    told: { stateMachines: { name, arn, definition } },
  }
}

/** The API writes the same members with a small first letter. */
function logging(properties: Properties): object | undefined {
  if (!properties.has('LoggingConfiguration')) return undefined
  const configuration = properties.nested('LoggingConfiguration')
  const destinations = configuration.list('Destinations').map((destination) => {
    const group = destination.nested('CloudWatchLogsLogGroup')
    const logGroupArn = group.optional<string>('LogGroupArn')
    group.end()
    destination.end()
    return { cloudWatchLogsLogGroup: { logGroupArn } }
  })
  const read = {
    level: configuration.optional<string>('Level'),
    includeExecutionData: configuration.optional<boolean>('IncludeExecutionData'),
    destinations,
  }
  configuration.end()
  return read
}

function tracing(properties: Properties): object | undefined {
  if (!properties.has('TracingConfiguration')) return undefined
  const configuration = properties.nested('TracingConfiguration')
  const enabled = configuration.optional<boolean>('Enabled')
  configuration.end()
  return { enabled }
}

function definitionOf(properties: Properties, assets: Assets): string {
  const text = properties.optional<string>('DefinitionString')
  const object = properties.optional<object>('Definition')
  const location = properties.nested('DefinitionS3Location')
  const key = location.optional<string>('Key')
  location.withoutEffect('Bucket')
  location.end()
  if (text) return text
  if (object) return JSON.stringify(object)
  if (key) return readFileSync(assets.path(key), 'utf8')
  return properties.refuse('one of DefinitionString, Definition and DefinitionS3Location is needed')
}

function substituted(definition: string, properties: Properties): string {
  const values = properties.optional<Record<string, unknown>>('DefinitionSubstitutions') ?? {}
  return definition.replace(/\$\{([A-Za-z0-9_-]+)\}/g, (place, name: string) => {
    if (Object.hasOwn(values, name)) return String(values[name])
    return properties.refuse(
      `DefinitionSubstitutions has no ${name}, which the definition names as ${place}`,
    )
  })
}
