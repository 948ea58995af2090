import { afterEach, expect, test } from 'vitest'
import { TASK_STATUSES } from '../../../local/services/ecs/state.ts'
import { createTargets, startEcs } from './ecs-service.ts'

let local: ReturnType<typeof startEcs>
afterEach(() => local.stop())

test('a service comes to run its desired count and reports a steady state', async () => {
  local = startEcs()
  const created = local.createService()
  expect(created.deployments?.[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })
  expect(created.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d+$/)
  await local.clock.tickAsync(1_000)
  expect(local.service()).toMatchObject({ runningCount: 2, pendingCount: 0, desiredCount: 2 })
  expect(local.service().deployments).toMatchObject([
    { status: 'PRIMARY', runningCount: 2, failedTasks: 0, rolloutState: 'COMPLETED' },
  ])
  expect(local.service().events?.[0]?.message).toBe('(service green) has reached a steady state.')
  const names = local.events.map(({ detail }) => detail.eventName).filter(Boolean)
  expect(names).toEqual([
    'SERVICE_DEPLOYMENT_IN_PROGRESS',
    'SERVICE_DEPLOYMENT_COMPLETED',
    'SERVICE_STEADY_STATE',
  ])
})

test("a task's life is told event by event, its version rising, RUNNING more than once", async () => {
  local = startEcs()
  local.createService({ desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  local.update({ desiredCount: 0 })
  await local.clock.tickAsync(1_000)
  const told = local.taskEvents()
  expect([...new Set(told.map((detail) => detail.lastStatus))]).toEqual([...TASK_STATUSES])
  expect(told.filter((detail) => detail.lastStatus === 'RUNNING')).toHaveLength(2)
  expect(told.map((detail) => detail.version)).toEqual(told.map((_, index) => index + 1))
})

test('a RUNNING event carries what ECS says of a task, and a sidecar without an image', async () => {
  local = startEcs()
  const { deployments } = local.createService({ desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  const event = local.events.find(({ detail }) => detail.lastStatus === 'RUNNING')
  expect(event).toMatchObject({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    detail: {
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/main',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:1',
      group: 'service:green',
      startedBy: deployments?.[0]?.id,
      desiredStatus: 'RUNNING',
      attachments: [{ type: 'eni', status: 'ATTACHED' }],
    },
  })
  expect(event?.resources).toEqual([event?.detail.taskArn])
  expect(event?.detail.containers).toMatchObject([
    { name: 'app', image: 'sluice/sample-app', lastStatus: 'RUNNING' },
    { name: expect.stringMatching(/^aws-guardduty-agent-/) },
  ])
  const [, sidecar] = (event?.detail.containers ?? []) as object[]
  expect(sidecar).not.toHaveProperty('image')
})

test('a changed desired count alone starts no deployment', async () => {
  local = startEcs()
  const id = local.createService().deployments?.[0]?.id
  await local.clock.tickAsync(1_000)
  local.update({ desiredCount: 4 })
  await local.clock.tickAsync(1_000)
  expect(local.service()).toMatchObject({ runningCount: 4, deployments: [{ id }] })
  local.update({ desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  expect(local.service()).toMatchObject({ runningCount: 1, deployments: [{ id }] })
})

test.each([
  ['another revision', { taskDefinition: 'shop:2' }, ':2'],
  ['a forced deployment', { forceNewDeployment: true }, ':1'],
])('%s replaces the tasks without ever running fewer', async (_, change, revision) => {
  local = startEcs()
  const before = local.createService().deployments?.[0]?.id
  await local.clock.tickAsync(1_000)
  local.update(change)
  expect(local.service().deployments).toMatchObject([
    { status: 'PRIMARY', runningCount: 0, rolloutState: 'IN_PROGRESS' },
    { status: 'ACTIVE', id: before, runningCount: 2 },
  ])
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 100; look++) {
    await local.clock.tickAsync(20)
    least = Math.min(least, local.service().runningCount ?? 0)
  }
  expect(least).toBeGreaterThanOrEqual(2)
  expect(local.service().deployments).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }])
  expect(local.service().deployments?.[0]?.id).not.toBe(before)
  expect(local.service().taskDefinition).toMatch(new RegExp(`${revision}$`))
})

test('a dead task is replaced at once, then later and later', async () => {
  local = startEcs()
  local.createService({ desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  const starts: number[] = []
  for (let death = 0; death < 4; death++) {
    const died = Date.now()
    const before = local.tasks.tasks.length
    local.tasks.running()[0]?.exit(1)
    while (local.tasks.tasks.length === before) await local.clock.tickAsync(50)
    starts.push(Date.now() - died)
  }
  expect(starts[0]).toBeLessThan(500)
  expect(starts[2]).toBeGreaterThan(starts[1] ?? 0)
  expect(starts[3]).toBeGreaterThan(starts[2] ?? 0)
  const stopped = local.taskEvents().find((detail) => detail.lastStatus === 'STOPPED')
  expect(stopped).toMatchObject({
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 1, lastStatus: 'STOPPED' }, { lastStatus: 'STOPPED' }],
  })
})

test('an unknown image fails the task to start, and the deployment counts it', async () => {
  local = startEcs()
  local.registerShop('nobody/knows-it')
  local.createService({ taskDefinition: 'shop', desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  expect(local.service()).toMatchObject({ runningCount: 0 })
  expect(local.service().deployments?.[0]?.failedTasks).toBeGreaterThan(0)
  expect(local.taskEvents().find((detail) => detail.lastStatus === 'STOPPED')).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError: no image "nobody/knows-it"',
  })
})

test('a person stops a task: ListTasks tells it from the running ones', async () => {
  local = startEcs()
  local.createService({ desiredCount: 1 })
  await local.clock.tickAsync(1_000)
  const list = (desiredStatus: string) =>
    local.call<{ taskArns: string[] }>('ListTasks', {
      cluster: 'main',
      serviceName: 'green',
      desiredStatus,
    }).taskArns
  const [task] = list('RUNNING')
  expect(list('STOPPED')).toEqual([])
  local.call('StopTask', { cluster: 'main', task, reason: 'by hand' })
  await local.clock.tickAsync(1_000)
  expect(list('STOPPED')).toEqual([task])
  expect(list('RUNNING')).toHaveLength(1)
  const { tasks } = local.call<{ tasks: object[] }>('DescribeTasks', {
    cluster: 'main',
    tasks: [task],
  })
  expect(tasks).toMatchObject([
    { lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'by hand' },
  ])
})

const loadBalancers = [{ targetGroupArn: 'tg', containerName: 'app', containerPort: 80 }]

test('tasks are targets while they run, and are stopped only when drained', async () => {
  const targets = createTargets()
  local = startEcs({ targets: targets.registry })
  local.createService({ desiredCount: 1, loadBalancers })
  await local.clock.tickAsync(1_000)
  expect(targets.registered).toEqual(new Map([['127.0.0.1:30000', 'healthy']]))
  local.update({ desiredCount: 0 })
  await local.clock.tickAsync(900)
  expect(targets.log).toEqual(['registered 127.0.0.1:30000', 'deregistered 127.0.0.1:30000'])
  expect(local.tasks.running()).toHaveLength(1)
  await local.clock.tickAsync(500)
  expect(local.tasks.running()).toHaveLength(0)
  expect(local.taskEvents().map((detail) => detail.lastStatus)).toContain('DEACTIVATING')
})

test('a service is steady only with healthy targets', async () => {
  const targets = createTargets('initial')
  local = startEcs({ targets: targets.registry })
  local.createService({ desiredCount: 1, loadBalancers })
  await local.clock.tickAsync(5_000)
  expect(local.service().deployments).toMatchObject([
    { runningCount: 1, rolloutState: 'IN_PROGRESS' },
  ])
  targets.registered.set('127.0.0.1:30000', 'healthy')
  await local.clock.tickAsync(1_000)
  expect(local.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
})

test('an unhealthy target has its task replaced after the grace period', async () => {
  const targets = createTargets('unhealthy')
  local = startEcs({ targets: targets.registry })
  local.createService({ desiredCount: 1, loadBalancers, healthCheckGracePeriodSeconds: 10 })
  await local.clock.tickAsync(9_000)
  expect(local.tasks.tasks).toHaveLength(1)
  await local.clock.tickAsync(5_000)
  expect(local.tasks.tasks.length).toBeGreaterThan(1)
  expect(local.service().deployments?.[0]?.failedTasks).toBeGreaterThan(0)
  expect(local.taskEvents().find((detail) => detail.lastStatus === 'STOPPED')).toMatchObject({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed ELB health checks in (target-group tg)',
  })
})

test('events come twice and out of order when asked to, the same way for the same seed', async () => {
  const told = async (seed: number) => {
    const events: { readonly id: string; readonly text: string; readonly version: number }[] = []
    local = startEcs({
      publish: ({ id, detail }) =>
        events.push({
          id,
          text: `${detail.lastStatus ?? detail.eventName}${detail.version ?? ''}`,
          version: Number(detail.version ?? 0),
        }),
      events: { duplicate: true, reorder: true, seed },
    })
    local.createService({ desiredCount: 1 })
    await local.clock.tickAsync(5_000)
    local.update({ desiredCount: 0 })
    await local.clock.tickAsync(5_000)
    await local.stop()
    return events
  }
  const once = await told(3)
  expect(new Set(once.map(({ id }) => id)).size).toBeLessThan(once.length)
  const versions = once.map(({ version }) => version).filter((version) => version > 0)
  const first = versions.filter((version, index) => versions.indexOf(version) === index)
  expect(first).not.toEqual([...first].sort((a, b) => a - b))
  const texts = (events: typeof once) => events.map(({ text }) => text)
  expect(texts(await told(3))).toEqual(texts(once))
  expect(texts(await told(8))).not.toEqual(texts(once))
})

test('without being asked to, every event comes once and in order', async () => {
  local = startEcs()
  local.createService({ desiredCount: 1 })
  await local.clock.tickAsync(5_000)
  const versions = local.taskEvents().map(({ version }) => version)
  expect(versions).toEqual(versions.map((_, index) => index + 1))
})

test('a deleted service drains and is gone', async () => {
  local = startEcs()
  local.createService()
  await local.clock.tickAsync(1_000)
  expect(() => local.call('DeleteService', { cluster: 'main', service: 'green' })).toThrow(/scaled/)
  local.call('DeleteService', { cluster: 'main', service: 'green', force: true })
  expect(local.service().status).toBe('DRAINING')
  await local.clock.tickAsync(1_000)
  expect(local.service().status).toBe('INACTIVE')
  expect(local.tasks.running()).toHaveLength(0)
})

test.each([
  ['RunTask', {}, /services only/],
  ['CreateService', { cluster: 'nowhere', serviceName: 'a' }, /Cluster not found/],
  ['CreateService', { cluster: 'main', serviceName: 'a', taskDefinition: 'shop:9' }, /shop:9/],
  [
    'CreateService',
    { cluster: 'main', serviceName: 'a', taskDefinition: 'shop:1', launchType: 'EXTERNAL' },
    /EXTERNAL/,
  ],
  ['UpdateService', { cluster: 'main', service: 'ghost' }, /Service not found/],
  [
    'RegisterTaskDefinition',
    { family: 'a', containerDefinitions: [{ name: 'a', image: 'b', secrets: [{ name: 's' }] }] },
    /containerDefinitions.secrets/,
  ],
])('%s refuses what it does not have or know: %j', (operation, input, message) => {
  local = startEcs()
  expect(() => local.call(operation, input)).toThrow(message)
})
