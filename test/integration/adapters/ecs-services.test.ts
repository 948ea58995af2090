import * as ecs from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { createEcsServices } from '../../../adapters/ecs-services.ts'
import { CandidateError, ProviderError, TransientError } from '../../../core/errors.ts'
import { AwsError } from '../../../local/wire/service.ts'
import { scriptedService } from '../../fixtures/scripted-service.ts'

const GREEN = { cluster: 'main', service: 'shop-green' }
const REVISION = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2'

function servicesOver(operations: Parameters<typeof scriptedService>[2]) {
  const service = scriptedService('ecs', ecs, operations)
  return { services: createEcsServices(new ecs.ECSClient(service.config)), ...service }
}

const primary = (change: Partial<ecs.Deployment> = {}): ecs.Deployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: REVISION,
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  failedTasks: 0,
  rolloutState: 'COMPLETED',
  ...change,
})

const service = (change: Partial<ecs.Service> = {}): ecs.Service => ({
  serviceName: 'shop-green',
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  deployments: [primary()],
  ...change,
})

const describing = (...services: ecs.Service[]) =>
  servicesOver({ DescribeServices: () => ({ services }) })

test('a service is described with its PRIMARY deployment', async () => {
  const older = { ...primary(), id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: 'old' }
  const { services, inputs } = describing(
    service({ deployments: [older, primary({ failedTasks: 3, rolloutState: 'IN_PROGRESS' })] }),
  )
  expect(await services.describe(GREEN)).toEqual({
    ref: GREEN,
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    primary: {
      id: 'ecs-svc/2',
      revision: REVISION,
      desiredCount: 2,
      runningCount: 2,
      failedTasks: 3,
      rolloutState: 'IN_PROGRESS',
    },
    steady: false,
  })
  expect(inputs).toMatchObject([{ input: { cluster: 'main', services: ['shop-green'] } }])
})

test.each([
  ['one deployment with all of its tasks', service(), true],
  ['a task is missing', service({ runningCount: 1 }), false],
  ['a task is pending', service({ pendingCount: 1 }), false],
  ['a task too many still runs', service({ runningCount: 3 }), false],
  [
    'the running tasks are not the PRIMARY’s',
    service({ deployments: [primary({ runningCount: 0 })] }),
    false,
  ],
  [
    'an older deployment drains',
    service({ deployments: [primary(), { ...primary(), status: 'ACTIVE' }] }),
    false,
  ],
])('steady or not: %s', async (_, described, steady) => {
  const { services } = describing(described)
  expect(await services.describe(GREEN)).toMatchObject({ steady })
})

test('services and clusters that ECS does not know are undefined, as are deleted services', async () => {
  const unknown = servicesOver({
    DescribeServices: () => ({ services: [], failures: [{ reason: 'MISSING' }] }),
  })
  expect(await unknown.services.describe(GREEN)).toBeUndefined()
  const noCluster = servicesOver({
    DescribeServices: () => {
      throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
    },
  })
  expect(await noCluster.services.describe(GREEN)).toBeUndefined()
  const deleted = describing(service({ status: 'INACTIVE', deployments: [] }))
  expect(await deleted.services.describe(GREEN)).toBeUndefined()
})

test('a service without a PRIMARY deployment is refused by name', async () => {
  const { services } = describing(service({ deployments: [] }))
  const described = services.describe(GREEN)
  await expect(described).rejects.toThrow(CandidateError)
  await expect(described).rejects.toThrow('service main/shop-green has no PRIMARY deployment')
})

test('failure 3: a service that cannot be described now is an error, not an unknown one', async () => {
  const { services, network } = describing(service())
  network.interrupt('DescribeServices', { kind: 'unreachable' })
  await expect(services.describe(GREEN)).rejects.toThrow(TransientError)
})

test('stopped tasks are listed page by page and described a hundred at a time', async () => {
  const arnOf = (index: number) => `arn:aws:ecs:us-east-1:123456789012:task/main/${index}`
  const { services, inputs } = servicesOver({
    ListTasks: ((input: ecs.ListTasksRequest) => {
      const from = Number(input.nextToken ?? 0)
      const taskArns = Array.from({ length: 50 }, (_, index) => arnOf(from + index))
      return { taskArns, nextToken: from < 100 ? String(from + 50) : undefined }
    }) as never,
    DescribeTasks: ((input: ecs.DescribeTasksRequest) => ({
      tasks: input.tasks?.map((taskArn) => ({
        taskArn,
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        stoppedAt: new Date(1_000),
        startedBy: 'ecs-svc/2',
      })),
    })) as never,
  })

  const stopped = await services.stoppedTasks(GREEN)

  expect(stopped).toHaveLength(150)
  expect(stopped[149]).toEqual({
    task: arnOf(149),
    stopCode: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    stoppedAt: 1_000,
    deployment: 'ecs-svc/2',
  })
  expect(inputs.map(({ operation }) => operation)).toEqual([
    'ListTasks',
    'ListTasks',
    'ListTasks',
    'DescribeTasks',
    'DescribeTasks',
  ])
  expect(inputs[0]?.input).toEqual({
    cluster: 'main',
    serviceName: 'shop-green',
    desiredStatus: 'STOPPED',
  })
})

test('where nothing has stopped nothing is described', async () => {
  const { services, inputs } = servicesOver({ ListTasks: () => ({ taskArns: [] }) })
  expect(await services.stoppedTasks(GREEN)).toEqual([])
  expect(inputs).toHaveLength(1)
})

test('the desired count alone is written, so that no deployment starts', async () => {
  const { services, inputs } = servicesOver({ UpdateService: () => ({}) })
  await services.setDesiredCount({ ...GREEN, targetGroup: 'not ECS’s' } as typeof GREEN, 7)
  expect(inputs).toEqual([
    {
      operation: 'UpdateService',
      input: { cluster: 'main', service: 'shop-green', desiredCount: 7 },
    },
  ])
})

test('a service that may not be described is nothing that a retry mends, and says what to allow', async () => {
  const { services } = servicesOver({
    DescribeServices: () => {
      throw new AwsError('AccessDeniedException', 'User: trigger is not authorized')
    },
  })
  const asked = services.describe(GREEN)
  await expect(asked).rejects.toThrow(ProviderError)
  await expect(asked).rejects.toThrow(
    "ECS DescribeServices (main/shop-green) is denied: AccessDeniedException: User: trigger is not authorized; allow ecs:DescribeServices on the service to the canary's role",
  )
})
