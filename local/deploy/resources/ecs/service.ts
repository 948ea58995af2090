import { setTimeout as pause } from 'node:timers/promises'
import type { Service } from '@aws-sdk/client-ecs'
import { apiInput } from '../api-input.ts'
import type { Creation, Made, ResourceType, Standing } from '../resource-type.ts'

/** Milliseconds between two looks at a service that drains. */
const LOOK = 50

/** Only a new service can have another one. */
const IDENTITY = [
  'Cluster',
  'DeploymentController',
  'LaunchType',
  'SchedulingStrategy',
  'ServiceName',
]

/**
 * AWS::ECS::Service. An update writes all of it, so the template's task definition and desired count too, whatever
 * was deployed meanwhile. It does not wait for the service to be steady, as CloudFormation does.
 */
export const service: ResourceType = {
  async create(creation) {
    const serviceName = creation.properties.optional<string>('ServiceName') ?? creation.defaultName
    const input = apiInput(creation, ['ecs', 'CreateService'], 'ServiceName')
    const { service: created } = await creation.services.call<{ service: Service }>(
      'ecs',
      'CreateService',
      // The API's default is 0 where a template's is 1.
      { desiredCount: 1, ...input, serviceName },
    )
    return made(created)
  },
  async update(update) {
    const { services, before, changed } = update
    // Local ECS refuses other load balancers; the same ones are none of the update.
    const same = changed.has('LoadBalancers') ? [] : ['LoadBalancers']
    const input = apiInput(update, ['ecs', 'UpdateService'], ...IDENTITY, 'Tags', ...same)
    await services.call('ecs', 'UpdateService', { ...input, ...placeOf(before) })
    return before.made
  },
  replacedBy: IDENTITY,
  async delete({ services, standing }) {
    const place = placeOf(standing)
    await services.call('ecs', 'DeleteService', { ...place, force: true })
    const { cluster } = place
    const input = { cluster, services: [place.service] }
    while (await isDraining(services, input)) await pause(LOOK)
  },
}

function placeOf({ properties, made: { ref } }: Standing) {
  return { service: ref, cluster: (properties.Cluster as string | undefined) ?? 'default' }
}

async function isDraining(services: Creation['services'], input: object): Promise<boolean> {
  const described = await services.call<{ services: Service[] }>('ecs', 'DescribeServices', input)
  return described.services[0]?.status === 'DRAINING'
}

const made = ({ serviceArn = '', serviceName }: Service): Made => ({
  ref: serviceArn,
  attributes: { ServiceArn: serviceArn, Name: serviceName },
})
