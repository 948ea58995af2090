import type { CreateServiceRequest, Service as EcsServiceView } from '@aws-sdk/client-ecs'
import FakeTimers from '@sinonjs/fake-timers'
import type { EcsEvent } from '../../../local/services/ecs/events.ts'
import { createEcs, type EcsDependencies } from '../../../local/services/ecs/index.ts'
import type { TargetAddress, TargetRegistry } from '../../../local/services/ecs/target-registry.ts'
import type { Operation } from '../../../local/wire/service.ts'
import { createSimulatedTasks } from '../../fixtures/simulated-tasks.ts'

/** ECS with simulated tasks under a fake clock, and a cluster `main` with the task definitions `shop:1` and `shop:2`. */
export function startEcs(options: Partial<EcsDependencies> = {}) {
  const clock = FakeTimers.install({
    now: new Date('2026-01-01T00:00:00Z'),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  })
  const events: EcsEvent[] = []
  const tasks = createSimulatedTasks()
  const ecs = createEcs({
    runner: tasks.runner,
    publish: (event) => events.push(event),
    ...options,
  })
  const call = <O>(operation: string, input: object) =>
    (ecs.operations[operation] as Operation<object, object>)(input, { requestId: 'test' }) as O
  call('CreateCluster', { clusterName: 'main' })
  for (let revision = 0; revision < 2; revision++) registerShop()

  function registerShop(image = 'sluice/sample-app') {
    call('RegisterTaskDefinition', {
      family: 'shop',
      containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80 }] }],
    })
  }

  return {
    ecs,
    clock,
    events,
    tasks,
    call,
    registerShop,
    createService: (input: Partial<CreateServiceRequest> = {}) =>
      call<{ service: EcsServiceView }>('CreateService', {
        cluster: 'main',
        serviceName: 'green',
        taskDefinition: 'shop:1',
        desiredCount: 2,
        ...input,
      }).service,
    service: (name = 'green') => {
      const { services } = call<{ services: EcsServiceView[] }>('DescribeServices', {
        cluster: 'main',
        services: [name],
      })
      if (!services[0]) throw new Error(`no service ${name}`)
      return services[0]
    },
    update: (input: object) =>
      call('UpdateService', { cluster: 'main', service: 'green', ...input }),
    /** Details of the task events, in the order of arrival. */
    taskEvents: () =>
      events
        .filter((event) => event.detailType === 'ECS Task State Change')
        .map(({ detail }) => detail),
    async stop() {
      await ecs.close()
      clock.uninstall()
    },
  }
}

/** A target group whose targets have the health that the test says. */
export function createTargets(initial = 'healthy') {
  const registered = new Map<string, string>()
  const log: string[] = []
  const key = ({ id, port }: TargetAddress) => `${id}:${port}`
  const registry: TargetRegistry = {
    exists: (arn) => arn === 'tg',
    register: (_, target) => {
      registered.set(key(target), initial)
      log.push(`registered ${key(target)}`)
    },
    deregister: (_, target) => {
      registered.set(key(target), 'draining')
      log.push(`deregistered ${key(target)}`)
      setTimeout(() => registered.delete(key(target)), 1_000)
    },
    health: (_, target) => {
      const state = registered.get(key(target))
      return state === undefined ? undefined : { state }
    },
  }
  return { registry, registered, log }
}
