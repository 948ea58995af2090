import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { Clients } from '../clients.ts'
import type { Environment, SlotName } from './environment.ts'

type Given = Pick<Clients, 'ecs'>

/** As many as the live slot has: the other one may have to carry everything. */
const TASKS = 2

/** A version of the application. */
export interface Release {
  /** Its image's tag. */
  readonly version: string
  /** What makes it behave as it does. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Deploys to a slot's service as a pipeline does: the service's own task definition with another image, registered
 * as a new revision, and UpdateService. Nothing here speaks to Sluice.
 * @returns the revision's ARN.
 */
export async function deployRelease(
  { ecs }: Given,
  environment: Environment,
  { slot, release }: { readonly slot: SlotName; readonly release: Release },
): Promise<string> {
  const { cluster } = environment
  const service = environment.services[slot]
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))
  const { taskDefinition: standing } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services?.[0]?.taskDefinition }),
  )
  if (!standing) throw new Error(`${service} has no task definition to make a new revision of`)
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...registered(standing),
      containerDefinitions: (standing.containerDefinitions ?? []).map((container) => ({
        ...container,
        image: container.image?.replace(/[:@][^/]*$/, `:${release.version}`),
        environment: environmentOf(slot, release),
      })),
    }),
  )
  const revision = taskDefinition?.taskDefinitionArn
  if (revision === undefined) throw new Error(`the new task definition of ${service} has no ARN`)
  await ecs.send(
    new UpdateServiceCommand({ cluster, service, taskDefinition: revision, desiredCount: TASKS }),
  )
  return revision
}

/** Without what ECS adds when it registers one. */
function registered(standing: TaskDefinition) {
  const {
    taskDefinitionArn,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    registeredBy,
    deregisteredAt,
    ...rest
  } = standing
  return { ...rest, family: standing.family }
}

const environmentOf = (slot: SlotName, { version, environment }: Release) =>
  Object.entries({ SLOT: slot, VERSION: version, ...environment }).map(([name, value]) => ({
    name,
    value,
  }))

/** Ends a slot's tasks, for a slot that nobody needs any more. */
export async function emptyService(
  { ecs }: Given,
  { cluster, services }: Environment,
  slot: SlotName,
): Promise<void> {
  await ecs.send(new UpdateServiceCommand({ cluster, service: services[slot], desiredCount: 0 }))
}
