import * as sdk from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { createEcsRevisions } from '../../../adapters/ecs-revisions.ts'
import { ProviderError } from '../../../core/errors.ts'
import { createLocalAws } from '../../../local/aws.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { clientConfig } from '../../fixtures/client-config.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'

const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition'
const CHANGES = { family: 'shop-green', container: 'app', image: 'shop:2', variables: {} }

/** Every member that a registration has, so that none is lost on the way. */
const WHOLE: sdk.TaskDefinition = {
  taskDefinitionArn: `${ARN}/shop-blue:4`,
  family: 'shop-blue',
  revision: 4,
  status: 'ACTIVE',
  taskRoleArn: 'arn:aws:iam::123456789012:role/task',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  networkMode: 'awsvpc',
  volumes: [{ name: 'data' }],
  placementConstraints: [],
  requiresCompatibilities: ['FARGATE'],
  compatibilities: ['EC2', 'FARGATE'],
  requiresAttributes: [{ name: 'com.amazonaws.ecs.capability' }],
  cpu: '256',
  memory: '512',
  pidMode: 'task',
  ephemeralStorage: { sizeInGiB: 30 },
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  registeredAt: new Date(0),
  registeredBy: 'somebody',
  containerDefinitions: [
    {
      name: 'app',
      image: 'shop:1',
      essential: true,
      environment: [
        { name: 'SLOT', value: 'blue' },
        { name: 'COLOUR', value: 'red' },
      ],
      secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/key' }],
      healthCheck: { command: ['CMD-SHELL', 'true'] },
    },
    { name: 'proxy', image: 'envoy:1' },
  ],
}

test('a copy has another image and variables, and everything else as it was', async () => {
  const { config, inputs } = scriptedService('ecs', sdk, {
    DescribeTaskDefinition: () => ({
      taskDefinition: WHOLE,
      tags: [{ key: 'team', value: 'shop' }],
    }),
    RegisterTaskDefinition: () => ({
      taskDefinition: { taskDefinitionArn: `${ARN}/shop-green:9` },
    }),
  })
  const revisions = createEcsRevisions(new sdk.ECSClient(config))
  const variables = { SLOT: 'green', VERSION: '2' }
  const made = await revisions.register(
    `${ARN}/shop-blue:4`,
    { ...CHANGES, variables },
    `${ARN}/shop-green:8`,
  )
  expect(made).toEqual({ kind: 'registered', revision: `${ARN}/shop-green:9` })
  const {
    taskDefinitionArn: _,
    revision: _revision,
    status: _status,
    compatibilities: _compatibilities,
    requiresAttributes: _attributes,
    registeredAt: _at,
    registeredBy: _by,
    ...rest
  } = WHOLE
  const [app, proxy] = WHOLE.containerDefinitions ?? []
  expect(inputs.at(-1)?.input).toEqual({
    ...rest,
    family: 'shop-green',
    containerDefinitions: [
      {
        ...app,
        image: 'shop:2',
        environment: [
          { name: 'SLOT', value: 'green' },
          { name: 'COLOUR', value: 'red' },
          { name: 'VERSION', value: '2' },
        ],
      },
      proxy,
    ],
    tags: [{ key: 'team', value: 'shop' }],
  })
})

test('what ECS refuses to register is told with the family', async () => {
  const { config } = scriptedService('ecs', sdk, {
    DescribeTaskDefinition: () => ({ taskDefinition: WHOLE }),
    RegisterTaskDefinition: () => {
      throw new AwsError('ClientException', 'Role is not valid')
    },
  })
  const revisions = createEcsRevisions(new sdk.ECSClient(config))
  const registering = revisions.register(`${ARN}/shop-blue:4`, CHANGES, 'shop-green:1')
  await expect(registering).rejects.toThrow(
    'ECS RegisterTaskDefinition (shop-green) is refused: ClientException: Role is not valid',
  )
})

test('over local ECS: registered once, the same again is none, deployed with its tasks', async () => {
  const aws = createLocalAws({ tasks: createSimulatedTasks().runner })
  const ecs = new sdk.ECSClient(clientConfig(aws.requestHandler))
  const register = async (family: string, image: string) => {
    const container = { name: 'app', image, portMappings: [{ containerPort: 80 }] }
    const command = new sdk.RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [container],
    })
    return (await ecs.send(command)).taskDefinition?.taskDefinitionArn ?? ''
  }
  await ecs.send(new sdk.CreateClusterCommand({ clusterName: 'shop' }))
  const blue = await register('shop-blue', 'shop:1')
  const green = await register('shop-green', 'shop:0')
  await ecs.send(
    new sdk.CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'green',
      taskDefinition: green,
      desiredCount: 0,
    }),
  )
  const revisions = createEcsRevisions(ecs)

  const made = await revisions.register(blue, CHANGES, green)
  expect(made).toEqual({ kind: 'registered', revision: `${ARN}/shop-green:2` })
  expect(await revisions.describe('shop-green')).toEqual({
    revision: made.revision,
    family: 'shop-green',
    active: true,
    containers: [{ name: 'app', image: 'shop:2' }],
  })
  expect(await revisions.register(blue, CHANGES, made.revision)).toEqual({
    kind: 'same',
    revision: made.revision,
  })
  expect(await revisions.describe('shop-green:9')).toBeUndefined()
  await expect(revisions.register('shop-blue:9', CHANGES, green)).rejects.toThrow(ProviderError)

  const place = { cluster: 'shop', service: 'green' }
  const wanted = { revision: made.revision, desiredCount: 1, again: false }
  await revisions.deploy(place, wanted)
  const shown = async () =>
    (await ecs.send(new sdk.DescribeServicesCommand({ cluster: 'shop', services: ['green'] })))
      .services?.[0]
  const first = (await shown())?.deployments?.find(({ status }) => status === 'PRIMARY')
  expect(await shown()).toMatchObject({ taskDefinition: made.revision, desiredCount: 1 })
  await revisions.deploy(place, wanted)
  expect((await shown())?.deployments?.[0]?.id).toBe(first?.id)
  await revisions.deploy(place, { ...wanted, again: true })
  expect((await shown())?.deployments?.[0]?.id).not.toBe(first?.id)

  await ecs.send(new sdk.DeregisterTaskDefinitionCommand({ taskDefinition: made.revision }))
  expect(await revisions.describe(made.revision)).toMatchObject({ active: false })
  await aws.close()
})
