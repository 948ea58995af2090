import { readFileSync } from 'node:fs'
import type { Assets } from '../assets.ts'
import type { Properties } from '../properties.ts'
import type { Creator } from './creator.ts'
import { callOperation } from './operation.ts'

/** AWS::StepFunctions::StateMachine */
export const stateMachine: Creator = async (creation) => {
  const { properties, services, assets, record, logicalId } = creation
  const name = properties.optional<string>('StateMachineName') ?? creation.defaultName
  const definition = substituted(definitionOf(properties, assets), properties)
  const input = {
    name,
    definition,
    roleArn: properties.required('RoleArn'),
    type: properties.optional('StateMachineType') ?? 'STANDARD',
    loggingConfiguration: properties.optional('LoggingConfiguration'),
    tracingConfiguration: properties.optional('TracingConfiguration'),
  }
  properties.withoutEffect('Tags', 'EncryptionConfiguration')
  properties.end()
  const { stateMachineArn: arn } = await callOperation<{ stateMachineArn: string }>(
    services.stepfunctions,
    'CreateStateMachine',
    input,
  )
  record.stateMachines.push({ logicalId, name, arn, definition })
  return { ref: arn, attributes: { Arn: arn, Name: name } }
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
