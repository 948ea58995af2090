import { ruleArn } from '../../services/eventbridge/state.ts'
import {
  type Creation,
  type DeployServices,
  PartlyMade,
  type ResourceType,
} from './resource-type.ts'

interface Target {
  readonly Id: string
}

/** AWS::Events::Rule with its targets. */
export const rule: ResourceType = {
  async create(creation) {
    const { name, put, bus, targets, made } = read(creation)
    const { services } = creation
    await services.call('eventbridge', 'PutRule', put)
    try {
      await services.call('eventbridge', 'PutTargets', named(name, bus, { Targets: targets }))
    } catch (error) {
      throw new PartlyMade(made, error as Error)
    }
    return made
  },
  async update(update) {
    const { services, before } = update
    const { name, put, bus, targets, made } = read(update)
    await services.call('eventbridge', 'PutRule', put)
    const kept = new Set(targets.map(({ Id }) => Id))
    const former = (before.properties.Targets ?? []) as readonly Target[]
    await removeTargets(
      services,
      name,
      bus,
      former.filter(({ Id }) => !kept.has(Id)),
    )
    await services.call('eventbridge', 'PutTargets', named(name, bus, { Targets: targets }))
    return made
  },
  replacedBy: ['Name', 'EventBusName'],
  async delete({ services, standing }) {
    const { ref: name } = standing.made
    const bus = standing.properties.EventBusName as string | undefined
    await removeTargets(services, name, bus, (standing.properties.Targets ?? []) as Target[])
    await services.call('eventbridge', 'DeleteRule', { Name: name, EventBusName: bus })
  },
}

function read({ properties, defaultName }: Creation) {
  const name = properties.optional<string>('Name') ?? defaultName
  const pattern = JSON.stringify(properties.required('EventPattern'))
  const bus = properties.optional<string>('EventBusName')
  const targets = properties.optional<Target[]>('Targets') ?? []
  const put = {
    Name: name,
    EventPattern: pattern,
    State: properties.optional('State') ?? 'ENABLED',
    Description: properties.optional('Description'),
    EventBusName: bus,
  }
  properties.withoutEffect('Tags')
  properties.end()
  const arn = ruleArn(name)
  const made = { ref: name, attributes: { Arn: arn }, told: { rules: { name, arn, pattern } } }
  return { name, put, bus, targets, made }
}

const named = (name: string, bus: string | undefined, rest: object) => ({
  Rule: name,
  EventBusName: bus,
  ...rest,
})

async function removeTargets(
  services: DeployServices,
  name: string,
  bus: string | undefined,
  targets: readonly Target[],
): Promise<void> {
  if (targets.length === 0) return
  const Ids = targets.map(({ Id }) => Id)
  await services.call('eventbridge', 'RemoveTargets', named(name, bus, { Ids }))
}
