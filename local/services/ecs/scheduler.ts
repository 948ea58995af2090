import { shortName } from './arns.ts'
import { endDeployment, trips } from './circuit-breaker.ts'
import { deploymentStateChange, type EcsEvent, serviceAction, taskStateChange } from './events.ts'
import { newTask } from './new-task.ts'
import { note } from './service-events.ts'
import {
  type EcsDeployment,
  type EcsService,
  type EcsState,
  type EcsTask,
  isRunning,
  isStopped,
  isWanted,
  serviceKeyOf,
  tasksOf,
} from './state.ts'
import type { TargetRegistry } from './target-registry.ts'
import { createTaskLife, DEFAULT_TIMING, type StopReason, type TaskTiming } from './task-life.ts'
import type { TaskRunner } from './task-runner.ts'

export interface SchedulerTiming extends TaskTiming {
  /** How often the health of targets is looked at. */
  readonly healthPoll: number
  /** After the first failure; doubles with each one more. The first replacement itself is at once. */
  readonly backOff: number
  readonly maxBackOff: number
  /** How long a stopped task is remembered. */
  readonly memory: number
}

export const SCHEDULER_TIMING: SchedulerTiming = {
  ...DEFAULT_TIMING,
  healthPoll: 250,
  backOff: 1_000,
  maxBackOff: 15 * 60_000,
  memory: 60 * 60_000,
}

export interface Scheduler {
  /** Brings the service's tasks nearer to what is wanted; to be called after every change of it. */
  reconcile(service: EcsService): void
  stopTask(task: EcsTask, why: StopReason): void
  close(): Promise<void>
}

interface Dependencies {
  readonly state: EcsState
  readonly runner: TaskRunner
  readonly targets: TargetRegistry
  readonly publish: (event: EcsEvent) => void
  readonly timing: SchedulerTiming
}

export function createScheduler({
  state,
  runner,
  targets,
  publish,
  timing,
}: Dependencies): Scheduler {
  let closed = false
  const timers = new Set<ReturnType<typeof setTimeout>>()

  const after = (milliseconds: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (!closed) run()
    }, milliseconds)
    timers.add(timer)
  }

  const life = createTaskLife({
    runner,
    targets,
    timing,
    ending(task) {
      const service = serviceOf(task)
      if (service) onEnding(service, task)
    },
    changed(task) {
      publish(taskStateChange(task))
      if (isStopped(task)) after(timing.memory, () => state.tasks.delete(task.arn))
      const service = serviceOf(task)
      if (service) reconcile(service)
    },
  })

  const serviceOf = (task: EcsTask) =>
    state.services.get(serviceKeyOf({ cluster: task.cluster, name: task.service }))

  const reconciling = new Map<EcsService, 'once' | 'again'>()

  /** A step of it may change tasks, which asks for it anew: then it runs again instead of within itself. */
  function reconcile(service: EcsService) {
    if (closed) return
    const before = reconciling.has(service)
    reconciling.set(service, before ? 'again' : 'once')
    if (before) return
    try {
      do {
        reconciling.set(service, 'once')
        reconcileOnce(service)
      } while (reconciling.get(service) === 'again')
    } finally {
      reconciling.delete(service)
    }
  }

  function reconcileOnce(service: EcsService) {
    const primary = service.deployments[0]
    if (primary) {
      startMissing(service, primary)
      stopSurplus(service, primary)
      judgeSteadiness(service, primary)
    }
    if (service.status === 'DRAINING' && tasksOf(state, service).every(isStopped)) {
      service.status = 'INACTIVE'
      service.deployments = []
    }
  }

  function startMissing(service: EcsService, primary: EcsDeployment) {
    const wanted = tasksOf(state, service).filter(isWanted)
    const own = wanted.filter((task) => task.deployment === primary.id).length
    const most = Math.ceil((service.desiredCount * percent(service, 'maximumPercent', 200)) / 100)
    // While the old deployment drains, the sum of both stays within the maximum.
    const room = Math.max(0, Math.max(most, service.desiredCount) - wanted.length)
    const missing = Math.min(service.desiredCount - own, room)
    // A deployment that the circuit breaker ended gets no more tasks.
    if (missing <= 0 || primary.rolloutState === 'FAILED') return
    const wait = service.startsAfter - Date.now()
    if (wait > 0) return
    for (let number = 0; number < missing; number++) {
      const task = newTask(service, primary, own + number)
      state.tasks.set(task.arn, task)
      note(service, `has started 1 tasks: (task ${shortName(task.arn)}).`)
      life.begin(task, service)
    }
  }

  function stopSurplus(service: EcsService, primary: EcsDeployment) {
    const wanted = tasksOf(state, service).filter(isWanted)
    const own = wanted.filter((task) => task.deployment === primary.id)
    const others = wanted.filter((task) => task.deployment !== primary.id)
    // The newest go first: the older ones are known to serve.
    for (const task of own.slice(service.desiredCount)) {
      stop(task, `Scaling activity initiated by (deployment ${primary.id})`)
    }
    const least = Math.ceil(
      (service.desiredCount * percent(service, 'minimumHealthyPercent', 100)) / 100,
    )
    const ready = own.filter((task) => isRunning(task) && isHealthy(service, task)).length
    const keep = service.desiredCount === 0 ? 0 : Math.max(0, least - ready)
    for (const task of others.slice(keep)) {
      stop(task, `Scaling activity initiated by (deployment ${primary.id})`)
    }
  }

  const stop = (task: EcsTask, reason: string) =>
    life.stop(task, { code: 'ServiceSchedulerInitiated', reason })

  const isHealthy = (service: EcsService, task: EcsTask) =>
    service.loadBalancers.every(
      ({ targetGroupArn }) => healthIn(task, targetGroupArn)?.state === 'healthy',
    )

  const healthIn = ({ address }: EcsTask, targetGroupArn: string | undefined) =>
    address && targetGroupArn
      ? targets.health(targetGroupArn, { id: address.host, port: address.port })
      : undefined

  function judgeSteadiness(service: EcsService, primary: EcsDeployment) {
    const tasks = tasksOf(state, service).filter((task) => !isStopped(task))
    const old = tasks.filter((task) => task.deployment !== primary.id)
    if (old.length === 0) service.deployments = [primary]
    const ready = tasks.filter(
      (task) => isWanted(task) && isRunning(task) && isHealthy(service, task),
    )
    const steady =
      old.length === 0 &&
      tasks.length === service.desiredCount &&
      ready.length === service.desiredCount
    if (steady && !service.steady) onSteady(service, primary)
    service.steady = steady
  }

  function onSteady(service: EcsService, primary: EcsDeployment) {
    primary.failuresInARow = 0
    service.startsAfter = 0
    if (primary.rolloutState === 'IN_PROGRESS') {
      primary.rolloutState = 'COMPLETED'
      primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`
      primary.updatedAt = new Date()
      const reason = primary.rolloutStateReason
      publish(deploymentStateChange(service, primary, 'SERVICE_DEPLOYMENT_COMPLETED', reason))
      note(service, `(deployment ${primary.id}) deployment completed.`)
    }
    note(service, 'has reached a steady state.')
    publish(serviceAction(service, 'SERVICE_STEADY_STATE'))
  }

  /** Counts failures before the task's place is filled again, so that the back-off delays that. */
  function onEnding(service: EcsService, task: EcsTask) {
    const deployment = service.deployments.find(({ id }) => id === task.deployment)
    if (!deployment) return
    const failed = task.stopCode === 'TaskFailedToStart' || task.health === 'UNHEALTHY'
    if (failed) deployment.failedTasks += 1
    if (failed && trips(service, deployment)) {
      endDeployment(service, deployment, publish)
      return
    }
    if (failed || task.stopCode === 'EssentialContainerExited') backOff(service, deployment)
  }

  function backOff(service: EcsService, deployment: EcsDeployment) {
    const delay =
      deployment.failuresInARow === 0
        ? 0
        : Math.min(timing.maxBackOff, timing.backOff * 2 ** (deployment.failuresInARow - 1))
    deployment.failuresInARow += 1
    if (delay === 0) return
    service.startsAfter = Math.max(service.startsAfter, Date.now() + delay)
    note(service, 'is unable to consistently start tasks successfully.')
    publish(serviceAction(service, 'SERVICE_TASK_START_IMPAIRED'))
    after(delay, () => reconcile(service))
  }

  /** Targets change their health without telling: they are asked. */
  function lookAtHealth() {
    for (const service of state.services.values()) {
      if (service.loadBalancers.length === 0) continue
      for (const task of tasksOf(state, service)) replaceIfUnhealthy(service, task)
      reconcile(service)
    }
  }

  function replaceIfUnhealthy(service: EcsService, task: EcsTask) {
    if (!isWanted(task) || !isRunning(task) || !task.startedAt) return
    if (Date.now() < task.startedAt.getTime() + service.healthCheckGracePeriod * 1_000) return
    for (const { targetGroupArn } of service.loadBalancers) {
      if (healthIn(task, targetGroupArn)?.state !== 'unhealthy') continue
      task.health = 'UNHEALTHY'
      note(
        service,
        `(port ${task.address?.port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason Health checks failed).`,
      )
      stop(task, `Task failed ELB health checks in (target-group ${targetGroupArn})`)
      return
    }
  }

  const healthTimer = setInterval(lookAtHealth, timing.healthPoll)

  return {
    reconcile,
    stopTask: (task, why) => life.stop(task, why),
    async close() {
      closed = true
      clearInterval(healthTimer)
      for (const timer of timers) clearTimeout(timer)
      await life.close()
    },
  }
}

function percent(
  service: EcsService,
  which: 'maximumPercent' | 'minimumHealthyPercent',
  otherwise: number,
) {
  return service.deploymentConfiguration[which] ?? otherwise
}
