import type { Creator } from './creator.ts'
import { callOperation } from './operation.ts'

/** AWS::Events::Rule with its targets. */
export const rule: Creator = async ({ properties, services, defaultName, record, logicalId }) => {
  const name = properties.optional<string>('Name') ?? defaultName
  const pattern = JSON.stringify(properties.required('EventPattern'))
  const bus = properties.optional<string>('EventBusName')
  const targets = properties.optional<object[]>('Targets') ?? []
  const { eventbridge } = services
  const input = {
    Name: name,
    EventPattern: pattern,
    State: properties.optional('State') ?? 'ENABLED',
    Description: properties.optional('Description'),
    EventBusName: bus,
  }
  properties.withoutEffect('Tags')
  properties.end()
  const { RuleArn: arn } = await callOperation<{ RuleArn: string }>(eventbridge, 'PutRule', input)
  await callOperation(eventbridge, 'PutTargets', {
    Rule: name,
    EventBusName: bus,
    Targets: targets,
  })
  record.rules.push({ logicalId, name, arn, pattern })
  return { ref: name, attributes: { Arn: arn } }
}
