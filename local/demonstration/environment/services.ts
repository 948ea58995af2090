import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { Clients } from '../clients.ts'
import type { BySlot, Environment, SlotName } from './environment.ts'

export const CLUSTER = 'demonstration'
const CONTAINER = 'app'
const PORT = 8080
export const TASKS = 2

/** A version of the application, as its task definition has it. */
export interface Release {
  readonly version: string
  /** What makes it behave as it does. */
  readonly environment: Readonly<Record<string, string>>
}

/** Both slots' services: blue serves the first version, green waits empty for its first deployment. */
export async function createServices(
  { ecs }: Pick<Clients, 'ecs'>,
  given: {
    readonly canary: string
    readonly targetGroups: BySlot<string>
    readonly first: Release
    readonly seed: number
  },
): Promise<BySlot<string>> {
  const { canary, targetGroups, first, seed } = given
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }))
  const create = async (slot: SlotName, desiredCount: number) => {
    const serviceName = `${canary}-${slot}`
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName,
        taskDefinition: await register(
          { ecs },
          { service: serviceName, slot, release: first, seed },
        ),
        desiredCount,
        launchType: 'FARGATE',
        loadBalancers: [
          {
            targetGroupArn: targetGroups[slot],
            containerName: CONTAINER,
            containerPort: PORT,
          },
        ],
        // What is never ready is Sluice's to find, not ECS's to replace for ever.
        healthCheckGracePeriodSeconds: 120,
      }),
    )
    return serviceName
  }
  return { blue: await create('blue', TASKS), green: await create('green', 0) }
}

/** Deploys to a slot's service, as a service team does it: nothing here speaks to Sluice. Gives the revision. */
export async function deployRelease(
  { ecs }: Pick<Clients, 'ecs'>,
  environment: Environment,
  given: { readonly slot: SlotName; readonly release: Release; readonly seed: number },
): Promise<string> {
  const service = environment.services[given.slot]
  const taskDefinition = await register({ ecs }, { ...given, service })
  await ecs.send(
    new UpdateServiceCommand({
      cluster: environment.cluster,
      service,
      taskDefinition,
      desiredCount: TASKS,
    }),
  )
  return taskDefinition
}

/** Ends a slot's tasks, for a slot that nobody needs any more. */
export async function emptyService(
  { ecs }: Pick<Clients, 'ecs'>,
  environment: Environment,
  slot: SlotName,
): Promise<void> {
  const service = environment.services[slot]
  await ecs.send(
    new UpdateServiceCommand({ cluster: environment.cluster, service, desiredCount: 0 }),
  )
}

async function register(
  { ecs }: Pick<Clients, 'ecs'>,
  given: {
    readonly service: string
    readonly slot: SlotName
    readonly release: Release
    readonly seed: number
  },
): Promise<string> {
  const { service, slot, release, seed } = given
  const environment = {
    SLOT: slot,
    VERSION: release.version,
    SEED: String(seed),
    ...release.environment,
  }
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: CONTAINER,
          image: 'sluice/sample-app',
          essential: true,
          portMappings: [{ containerPort: PORT, protocol: 'tcp' }],
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          stopTimeout: 2,
        },
      ],
    }),
  )
  return required(taskDefinition?.taskDefinitionArn, 'a task definition has an ARN')
}

/** AWS's types leave everything optional; what it always gives is asked for by name. */
export function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what}, but AWS gave none`)
  return value
}
