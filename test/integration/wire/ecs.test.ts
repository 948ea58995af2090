import * as sdk from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEcs } from '../../../local/services/ecs/index.ts'
import { createEndpoint } from '../../../local/wire/endpoint.ts'
import { listen, type WireServer } from '../../../local/wire/server.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'
import { until } from '../../fixtures/until.ts'

const ecs = createEcs({ runner: createSimulatedTasks().runner, publish: () => {} })
let server: WireServer
let client: sdk.ECSClient

beforeAll(async () => {
  server = await listen(createEndpoint([ecs]))
  client = new sdk.ECSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
})
afterAll(async () => {
  client.destroy()
  await server.close()
  await ecs.close()
})

const cluster = 'main'
const runningCount = () =>
  [...ecs.state.tasks.values()].filter(({ lastStatus }) => lastStatus === 'RUNNING').length

/** The service's tasks are all of its second revision: none of the first is waiting to be stopped. */
const replaced = () =>
  [...ecs.state.tasks.values()].every(
    ({ lastStatus, desiredStatus, definition }) =>
      definition.revision === 2 || (lastStatus === 'STOPPED' && desiredStatus === 'STOPPED'),
  )

test('clusters', async () => {
  const created = await client.send(new sdk.CreateClusterCommand({ clusterName: cluster }))
  expect(created.cluster).toMatchObject({ clusterName: cluster, status: 'ACTIVE' })
  const { clusterArns } = await client.send(new sdk.ListClustersCommand({}))
  expect(clusterArns).toEqual(['arn:aws:ecs:us-east-1:123456789012:cluster/main'])
  const described = await client.send(
    new sdk.DescribeClustersCommand({ clusters: [cluster, 'nowhere'] }),
  )
  expect(described.clusters).toHaveLength(1)
  expect(described.failures).toMatchObject([{ reason: 'MISSING' }])
})

test('task definitions', async () => {
  for (const version of ['1', '2']) {
    const { taskDefinition } = await client.send(
      new sdk.RegisterTaskDefinitionCommand({
        family: 'shop',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'app',
            image: 'sluice/sample-app',
            portMappings: [{ containerPort: 80 }],
            environment: [{ name: 'VERSION', value: version }],
          },
        ],
      }),
    )
    expect(taskDefinition?.revision).toBe(Number(version))
  }
  const { taskDefinition } = await client.send(
    new sdk.DescribeTaskDefinitionCommand({ taskDefinition: 'shop' }),
  )
  expect(taskDefinition?.taskDefinitionArn).toMatch(/task-definition\/shop:2$/)
  expect(taskDefinition?.registeredAt).toBeInstanceOf(Date)
  const { taskDefinitionArns } = await client.send(
    new sdk.ListTaskDefinitionsCommand({ familyPrefix: 'shop', sort: 'DESC' }),
  )
  expect(taskDefinitionArns?.map((arn) => arn.at(-1))).toEqual(['2', '1'])
})

test('a pipeline registers what it got described, with another image', async () => {
  const { taskDefinition } = await client.send(
    new sdk.DescribeTaskDefinitionCommand({ taskDefinition: 'shop' }),
  )
  const {
    volumes,
    placementConstraints,
    containerDefinitions = [],
    cpu,
    memory,
  } = taskDefinition ?? {}
  const again = { family: 'pipeline', cpu, memory, volumes, placementConstraints }
  const registered = await client.send(
    new sdk.RegisterTaskDefinitionCommand({
      ...again,
      containerDefinitions: containerDefinitions.map((one) => ({
        ...one,
        image: 'sluice/sample-app:3',
      })),
    }),
  )
  expect(registered.taskDefinition?.containerDefinitions?.[0]?.image).toBe('sluice/sample-app:3')
  const withVolume = new sdk.RegisterTaskDefinitionCommand({
    ...again,
    volumes: [{ name: 'data' }],
    containerDefinitions,
  })
  await expect(client.send(withVolume)).rejects.toThrow(/does not have volumes/)
})

test('services', async () => {
  const { service } = await client.send(
    new sdk.CreateServiceCommand({
      cluster,
      serviceName: 'green',
      taskDefinition: 'shop:1',
      desiredCount: 1,
      launchType: 'FARGATE',
    }),
  )
  expect(service).toMatchObject({ serviceName: 'green', desiredCount: 1, status: 'ACTIVE' })
  const updated = await client.send(
    new sdk.UpdateServiceCommand({ cluster, service: 'green', taskDefinition: 'shop:2' }),
  )
  expect(updated.service?.deployments?.map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE'])
  const { serviceArns } = await client.send(new sdk.ListServicesCommand({ cluster }))
  expect(serviceArns).toEqual(['arn:aws:ecs:us-east-1:123456789012:service/main/green'])
  await until(() => runningCount() === 1 && replaced())
  const { services, failures } = await client.send(
    new sdk.DescribeServicesCommand({ cluster, services: ['green', 'ghost'] }),
  )
  expect(services?.[0]?.deployments?.[0]?.createdAt).toBeInstanceOf(Date)
  expect(services?.[0]?.events?.[0]?.message).toMatch(/^\(service green\)/)
  expect(failures).toMatchObject([{ reason: 'MISSING' }])
})

test.each([-1, 5_001, 2 ** 31 - 1])('%d tasks are not to be had', async (desiredCount) => {
  const wanted = { cluster, desiredCount }
  const scaled = new sdk.UpdateServiceCommand({ ...wanted, service: 'green' })
  const message = `desiredCount must be from 0 to 5000, not ${desiredCount}.`
  await expect(client.send(scaled)).rejects.toThrow(message)
  const made = { ...wanted, serviceName: 'more', taskDefinition: 'shop:1' }
  await expect(client.send(new sdk.CreateServiceCommand(made))).rejects.toThrow(message)
})

test('tasks', async () => {
  const { taskArns } = await client.send(
    new sdk.ListTasksCommand({ cluster, serviceName: 'green', desiredStatus: 'RUNNING' }),
  )
  const { tasks } = await client.send(new sdk.DescribeTasksCommand({ cluster, tasks: taskArns }))
  expect(tasks?.[0]).toMatchObject({ group: 'service:green', connectivity: 'CONNECTED' })
  const stopped = await client.send(
    new sdk.StopTaskCommand({ cluster, task: taskArns?.[0], reason: 'by hand' }),
  )
  expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated' })
})

test('a revision that is deregistered runs on, and can be deployed no more', async () => {
  const { taskDefinition } = await client.send(
    new sdk.DeregisterTaskDefinitionCommand({ taskDefinition: 'shop:2' }),
  )
  expect(taskDefinition?.status).toBe('INACTIVE')
  const latest = await client.send(
    new sdk.DescribeTaskDefinitionCommand({ taskDefinition: 'shop' }),
  )
  expect(latest.taskDefinition?.revision).toBe(1)
  const listed = await client.send(new sdk.ListTaskDefinitionsCommand({ status: 'INACTIVE' }))
  expect(listed.taskDefinitionArns?.map((arn) => arn.at(-1))).toEqual(['2'])
  const update = { cluster, service: 'green', taskDefinition: 'shop:2' }
  await expect(client.send(new sdk.UpdateServiceCommand(update))).rejects.toThrow(
    'TaskDefinition is inactive',
  )
})

test('a cluster that has services cannot be deleted, and its settings can change', async () => {
  const settings = [{ name: 'containerInsights' as const, value: 'enabled' }]
  const updated = await client.send(new sdk.UpdateClusterCommand({ cluster, settings }))
  expect(updated.cluster?.settings).toEqual(settings)
  await expect(client.send(new sdk.DeleteClusterCommand({ cluster }))).rejects.toThrow(
    sdk.ClusterContainsServicesException,
  )
  await client.send(new sdk.CreateClusterCommand({ clusterName: 'empty' }))
  const deleted = await client.send(new sdk.DeleteClusterCommand({ cluster: 'empty' }))
  expect(deleted.cluster?.status).toBe('INACTIVE')
  expect(ecs.state.clusters.has('empty')).toBe(false)
})

test('deleting a service', async () => {
  const { service } = await client.send(
    new sdk.DeleteServiceCommand({ cluster, service: 'green', force: true }),
  )
  expect(service?.status).toBe('DRAINING')
})

test.each([
  [
    'an unknown cluster',
    new sdk.DescribeServicesCommand({ cluster: 'nowhere', services: ['a'] }),
    'ClusterNotFoundException',
  ],
  [
    'an unknown service',
    new sdk.UpdateServiceCommand({ cluster, service: 'ghost' }),
    'ServiceNotFoundException',
  ],
  [
    'a task by itself',
    new sdk.RunTaskCommand({ taskDefinition: 'shop' }),
    'UnsupportedFeatureException',
  ],
  [
    'an operation that local AWS does not have',
    new sdk.CreateTaskSetCommand({ cluster, service: 'green', taskDefinition: 'shop' }),
    'UnknownOperationException',
  ],
])('%s is refused with the name that AWS gives it', async (_, command, name) => {
  // The commands have nothing in common that the client's type would take.
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>
  await expect(send(command)).rejects.toMatchObject({ name })
})

test('a parameter that means nothing here is refused, not ignored', async () => {
  const command = new sdk.CreateServiceCommand({
    cluster,
    serviceName: 'connected',
    taskDefinition: 'shop',
    serviceConnectConfiguration: { enabled: true },
  })
  await expect(client.send(command)).rejects.toThrow(/serviceConnectConfiguration/)
})
