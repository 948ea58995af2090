import type {
  ContainerDefinition,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../../wire/service.ts'
import { taskDefinitionArn } from '../arns.ts'
import { requireTaskDefinition } from '../lookup.ts'
import { page } from '../pages.ts'
import type { EcsState } from '../state.ts'

const FAMILY = /^[A-Za-z0-9_-]{1,255}$/

/** What a container definition may say: what the runner does, and what has no bearing on one machine. */
const CONTAINER_MEMBERS = new Set([
  'name',
  'image',
  'cpu',
  'memory',
  'memoryReservation',
  'portMappings',
  'essential',
  'environment',
  'stopTimeout',
  'dockerLabels',
  'logConfiguration',
  'readonlyRootFilesystem',
  'user',
])

export const taskDefinitionOperations = (state: EcsState) => ({
  RegisterTaskDefinition(input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionResponse {
    const { family = '', tags, ...rest } = input
    if (!FAMILY.test(family)) {
      throw new AwsError(
        'ClientException',
        `Invalid family "${family}": use letters, digits, "-" and "_".`,
      )
    }
    refuseUnlessEmpty({ volumes: rest.volumes, placementConstraints: rest.placementConstraints })
    const containerDefinitions = (rest.containerDefinitions ?? []).map(refuseUnsupported)
    if (containerDefinitions.length !== 1) {
      throw new AwsError(
        'ClientException',
        `local AWS runs tasks of one container, not ${containerDefinitions.length}: define the one that serves.`,
      )
    }
    const revisions = state.taskDefinitions.get(family) ?? []
    const revision = revisions.length + 1
    const taskDefinition = {
      ...rest,
      containerDefinitions,
      family,
      revision,
      taskDefinitionArn: taskDefinitionArn(family, revision),
      networkMode: rest.networkMode ?? ('awsvpc' as const),
      volumes: [],
      placementConstraints: [],
      requiresAttributes: [],
      compatibilities: ['EC2' as const, 'FARGATE' as const],
      status: 'ACTIVE' as const,
      registeredAt: new Date(),
      registeredBy: 'arn:aws:iam::123456789012:root',
    }
    state.taskDefinitions.set(family, [...revisions, taskDefinition])
    return { taskDefinition, tags: tags ?? [] }
  },

  /** Services and tasks that have it keep it; no new service can. */
  DeregisterTaskDefinition(input: DeregisterTaskDefinitionRequest) {
    const taskDefinition = requireTaskDefinition(state, input.taskDefinition)
    const inactive = { ...taskDefinition, status: 'INACTIVE' as const, deregisteredAt: new Date() }
    const family = taskDefinition.family ?? ''
    const revisions = state.taskDefinitions.get(family) ?? []
    state.taskDefinitions.set(
      family,
      revisions.map((one) => (one.revision === taskDefinition.revision ? inactive : one)),
    )
    return { taskDefinition: inactive }
  },

  DescribeTaskDefinition(input: DescribeTaskDefinitionRequest): DescribeTaskDefinitionResponse {
    return { taskDefinition: requireTaskDefinition(state, input.taskDefinition), tags: [] }
  },

  ListTaskDefinitions(input: ListTaskDefinitionsRequest): ListTaskDefinitionsResponse {
    const { status = 'ACTIVE' } = input
    const arns = [...state.taskDefinitions]
      .filter(([family]) => input.familyPrefix === undefined || family === input.familyPrefix)
      .flatMap(([, revisions]) => revisions.filter((each) => each.status === status))
      .map((each) => each.taskDefinitionArn ?? '')
    const { items, nextToken } = page(input.sort === 'DESC' ? arns.reverse() : arns, input)
    return { taskDefinitionArns: items, ...(nextToken && { nextToken }) }
  },
})

/** A description of another revision has these, and pipelines hand it back as they got it. */
function refuseUnlessEmpty(lists: Readonly<Record<string, readonly unknown[] | undefined>>) {
  for (const [member, list = []] of Object.entries(lists)) {
    if (list.length > 0) {
      throw new AwsError(
        'UnsupportedFeatureException',
        `local AWS does not have ${member}: leave them out.`,
      )
    }
  }
}

function refuseUnsupported(container: ContainerDefinition): ContainerDefinition {
  for (const [member, value] of Object.entries(container)) {
    const empty = value === undefined || (Array.isArray(value) && value.length === 0)
    if (!empty && !CONTAINER_MEMBERS.has(member)) {
      throw new AwsError(
        'UnsupportedFeatureException',
        `local AWS does not have containerDefinitions.${member}: leave it out.`,
      )
    }
  }
  if (!container.name || !container.image) {
    throw new AwsError('ClientException', 'Container.name and Container.image must not be empty.')
  }
  return container
}
