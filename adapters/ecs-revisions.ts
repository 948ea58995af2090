import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  type DescribeTaskDefinitionCommandOutput,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { ProviderError } from '../core/errors.ts'
import { sameValue } from '../core/model/same-value.ts'
import { serviceKey } from '../core/model/slot.ts'
import type { RevisionChanges, Revisions, RevisionView } from '../core/operator-ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'

/** What ECS tells of a revision beside what it was registered with. */
const TOLD = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
] as const

export function createEcsRevisions(ecs: ECSClient): Revisions {
  const read = (revision: string) => readRevision(ecs, revision)
  return {
    async describe(revision) {
      const found = await read(revision)
      return found && viewOf(found)
    },

    async register(of, changes, unless) {
      const found = await read(of)
      if (!found) throw new ProviderError(`ECS has no revision ${of}; look at the live service`)
      const input = changed(registrationOf(found), changes)
      const standing = await read(unless)
      const active = standing?.taskDefinition?.status === 'ACTIVE'
      if (
        standing &&
        active &&
        sameValue(withoutTags(input), withoutTags(registrationOf(standing)))
      ) {
        return { kind: 'same', revision: standing.taskDefinition?.taskDefinitionArn ?? unless }
      }
      const command = new RegisterTaskDefinitionCommand(input)
      const answer = await answered(
        'ECS RegisterTaskDefinition',
        changes.family,
        ecs.send(command),
      ).catch((error: unknown) => {
        throw isNamed(error, 'ClientException', 'InvalidParameterException')
          ? new ProviderError(
              `ECS RegisterTaskDefinition (${changes.family}) is refused: ${described(error)}`,
              { cause: error },
            )
          : error
      })
      return { kind: 'registered', revision: answer.taskDefinition?.taskDefinitionArn ?? '' }
    },

    async deploy(ref, { revision, desiredCount, again }) {
      const command = new UpdateServiceCommand({
        cluster: ref.cluster,
        service: ref.service,
        taskDefinition: revision,
        desiredCount,
        ...(again ? { forceNewDeployment: true } : {}),
      })
      await answered('ECS UpdateService', `${revision} for ${serviceKey(ref)}`, ecs.send(command))
    },
  }
}

async function readRevision(
  ecs: ECSClient,
  revision: string,
): Promise<DescribeTaskDefinitionCommandOutput | undefined> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: revision, include: ['TAGS'] })
  try {
    return await answered('ECS DescribeTaskDefinition', revision, ecs.send(command))
  } catch (error) {
    // ECS has no error of its own for a task definition that is not there.
    const absent = isNamed(error, 'ClientException', 'InvalidParameterException')
    if (absent && /Unable to describe task definition|not found/i.test(String(error))) {
      return undefined
    }
    throw error
  }
}

function viewOf({ taskDefinition }: DescribeTaskDefinitionCommandOutput): RevisionView {
  return {
    revision: taskDefinition?.taskDefinitionArn ?? '',
    family: taskDefinition?.family ?? '',
    active: taskDefinition?.status === 'ACTIVE',
    containers: (taskDefinition?.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
      name,
      image,
    })),
  }
}

/** The request that would register the revision again as it is. */
function registrationOf({
  taskDefinition,
  tags,
}: DescribeTaskDefinitionCommandOutput): RegisterTaskDefinitionCommandInput {
  const input: Record<string, unknown> = { ...taskDefinition }
  for (const name of TOLD) delete input[name]
  return {
    family: taskDefinition?.family,
    containerDefinitions: taskDefinition?.containerDefinitions,
    ...input,
    // An empty list of tags is refused.
    ...(tags && tags.length > 0 ? { tags } : {}),
  }
}

function withoutTags(input: RegisterTaskDefinitionCommandInput) {
  return { ...input, tags: undefined }
}

function changed(
  input: RegisterTaskDefinitionCommandInput,
  changes: RevisionChanges,
): RegisterTaskDefinitionCommandInput {
  return {
    ...input,
    family: changes.family,
    containerDefinitions: input.containerDefinitions?.map((container) =>
      container.name === changes.container ? changedContainer(container, changes) : container,
    ),
  }
}

function changedContainer(
  container: ContainerDefinition,
  { image, variables }: RevisionChanges,
): ContainerDefinition {
  const before = container.environment ?? []
  const kept = before.map(({ name = '', value }) => ({ name, value: variables[name] ?? value }))
  const added = Object.entries(variables)
    .filter(([name]) => !before.some((one) => one.name === name))
    .map(([name, value]) => ({ name, value }))
  const environment = [...kept, ...added]
  return { ...container, image, ...(environment.length > 0 ? { environment } : {}) }
}
