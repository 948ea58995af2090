import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { marshall } from '@aws-sdk/util-dynamodb'
import { createDynamoRecordStore } from '../../adapters/dynamodb-record-store.ts'
import { parseDefinition } from '../../core/model/definition.ts'
import type { RecordStore } from '../../core/ports.ts'
import type { LocalAws } from '../../local/aws.ts'
import { clientConfig } from '../../test/fixtures/client-config.ts'
import { withCanaryRole } from '../../test/fixtures/in-process/canary-role.ts'
import { createRecords, type RecordsOfCanary } from './canary-records.ts'
import type { DeployedTo } from './task-events.ts'

export const CLUSTER = 'fleet'
/** Milliseconds between two looks at the table. */
const LOOK = 20
/** Not asked: nothing is to come of their events. */
const SOME_DEPLOYMENT = 'ecs-svc/1234567890123456789'

export interface FleetCanary extends RecordsOfCanary {
  readonly canary: string
}

export interface Fleet {
  readonly store: RecordStore
  /** Those that a new revision is deployed to. */
  readonly rolling: readonly FleetCanary[]
  /** Of all others: tasks of their live slots, and of revisions that were triggered before. */
  readonly atRest: readonly DeployedTo[]
  /** A pipeline for each: the idle slot gets a new revision, whose task starts. */
  deploy(): Promise<readonly DeployedTo[]>
}

/**
 * So many canaries with Route 53 records, of which the first few have running services. Set up in process: only what
 * rollouts do is over HTTP and under the quota.
 */
export async function createFleet(
  aws: LocalAws,
  table: string,
  size: { readonly canaries: number; readonly rolling: number },
): Promise<Fleet> {
  const config = clientConfig(aws.requestHandler)
  const client = new DynamoDBClient(config)
  const ecs = new ECSClient(config)
  const store = createDynamoRecordStore({ client, table, candidateIndex: 'ByCandidate' })
  const names = Array.from({ length: size.canaries }, (_, index) => `canary-${index + 1}`)
  const places = createRecords(aws, names)
  const canaries = names.map((canary, index) => ({
    canary,
    ...(places[index] as RecordsOfCanary),
  }))
  const rolling = canaries.slice(0, size.rolling)

  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }))
  const before = await register(ecs)
  const revision = await register(ecs)
  for (const { canary } of rolling) {
    await createService(ecs, `${canary}-blue`, before, 1)
    await createService(ecs, `${canary}-green`, before, 0)
  }
  for (const canary of canaries) {
    const written = definitionOf(canary)
    parseDefinition(written)
    const Definition = withCanaryRole(aws, written)
    const Item = marshall({ Canary: canary.canary, Record: 'definition', Definition, Version: 1 })
    await client.send(new PutItemCommand({ TableName: table, Item }))
  }
  for (const { canary } of canaries) {
    while ((await store.readState(canary)) === undefined) {
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }
  const others = canaries.slice(size.rolling)
  for (const { canary } of others) {
    await store.amendState(canary, (seen) => ({ ...seen, triggered: true, revision }))
  }
  return {
    store,
    rolling,
    atRest: others.map(({ canary }, index) => {
      const slot = index % 2 === 0 ? 'blue' : 'green'
      return { service: `${canary}-${slot}`, revision, deployment: SOME_DEPLOYMENT }
    }),
    async deploy() {
      const deployed: DeployedTo[] = []
      for (const { canary } of rolling) {
        const service = `${canary}-green`
        const answer = await ecs.send(
          new UpdateServiceCommand({
            cluster: CLUSTER,
            service,
            taskDefinition: revision,
            desiredCount: 1,
          }),
        )
        const deployment = answer.service?.deployments?.[0]?.id ?? ''
        deployed.push({ service, revision, deployment })
      }
      return deployed
    },
  }
}

function definitionOf({ canary, hostedZone, record }: FleetCanary): Record<string, unknown> {
  return {
    canary,
    slots: {
      blue: { cluster: CLUSTER, service: `${canary}-blue` },
      green: { cluster: CLUSTER, service: `${canary}-green` },
    },
    router: { type: 'route53', hostedZone, record },
    plan: [
      { weight: 50, bake: '1s' },
      { weight: 100, bake: '1s' },
    ],
    interval: '1s',
    maxExtension: '1m',
    checks: [{ type: 'ecs' }],
  }
}

async function register(ecs: ECSClient): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'app',
      containerDefinitions: [{ name: 'app', image: 'sluice/sample-app' }],
    }),
  )
  return taskDefinition?.taskDefinitionArn ?? ''
}

async function createService(
  ecs: ECSClient,
  serviceName: string,
  taskDefinition: string,
  desiredCount: number,
): Promise<void> {
  await ecs.send(
    new CreateServiceCommand({ cluster: CLUSTER, serviceName, taskDefinition, desiredCount }),
  )
}
