import type { LoadBalancer, TaskStopCode } from '@aws-sdk/client-ecs'
import { shortName } from './arns.ts'
import type { EcsService, EcsTask, TaskStatus } from './state.ts'
import type { TargetRegistry } from './target-registry.ts'
import {
  type RunningTaskHandle,
  type TaskExit,
  type TaskRunner,
  TaskStartError,
} from './task-runner.ts'

/** Milliseconds that the stages of a task's life take. */
export interface TaskTiming {
  readonly provisioning: number
  readonly pulling: number
  readonly activating: number
  /** From RUNNING until the injected sidecar runs too, which is a second RUNNING event. */
  readonly sidecar: number
  readonly deprovisioning: number
  /** How often a draining target is looked at. */
  readonly drainPoll: number
}

export const DEFAULT_TIMING: TaskTiming = {
  provisioning: 50,
  pulling: 50,
  activating: 50,
  sidecar: 100,
  deprovisioning: 50,
  drainPoll: 100,
}

export interface StopReason {
  readonly code: TaskStopCode
  readonly reason: string
}

export interface TaskLife {
  begin(task: EcsTask, service: EcsService): void
  /** Deregisters, drains, then stops the task. A second call changes nothing. */
  stop(task: EcsTask, why: StopReason): void
  /** Ends every container at once, without any of the ceremony. */
  close(): Promise<void>
}

interface Dependencies {
  readonly runner: TaskRunner
  readonly targets: TargetRegistry
  readonly timing: TaskTiming
  /** After each change of a task, its version risen. */
  readonly changed: (task: EcsTask) => void
  /** Before the first change of a task that ends, its reason known. */
  readonly ending: (task: EcsTask) => void
}

interface Life {
  readonly task: EcsTask
  readonly loadBalancers: readonly LoadBalancer[]
  handle?: RunningTaskHandle
  exited: boolean
  ending: boolean
  registered: boolean
}

export function createTaskLife(deps: Dependencies): TaskLife {
  const lives = new Map<string, Life>()
  let closed = false

  const change = (task: EcsTask, to: TaskStatus = task.lastStatus) => {
    if (closed) return
    task.lastStatus = to
    task.version += 1
    task.updatedAt = new Date()
    deps.changed(task)
  }

  async function begin(life: Life) {
    const { task } = life
    change(task)
    await pause(deps.timing.provisioning)
    if (life.ending || closed) return
    task.pullStartedAt = new Date()
    change(task, 'PENDING')
    const handle = deps.runner.start(specOf(task))
    life.handle = handle
    handle.onExit((exit) => onExit(life, exit))
    try {
      const [address] = await Promise.all([handle.address, pause(deps.timing.pulling)])
      if (life.ending || closed) return
      task.pullStoppedAt = new Date()
      task.address = address
    } catch (error) {
      onStartFailure(life, error)
      return
    }
    register(life)
    change(task, 'ACTIVATING')
    await pause(deps.timing.activating)
    if (life.ending || closed) return
    task.startedAt = new Date()
    const [main, ...sidecars] = task.containers
    if (main) main.lastStatus = 'RUNNING'
    change(task, 'RUNNING')
    await pause(deps.timing.sidecar)
    if (life.ending || closed || sidecars.length === 0) return
    for (const sidecar of sidecars) sidecar.lastStatus = 'RUNNING'
    change(task)
  }

  function register(life: Life) {
    for (const { targetGroupArn } of life.loadBalancers) {
      if (targetGroupArn) deps.targets.register(targetGroupArn, targetOf(life.task))
    }
    life.registered = true
  }

  function onStartFailure(life: Life, error: unknown) {
    if (life.ending || closed) return
    const { code, message } =
      error instanceof TaskStartError
        ? error
        : {
            code: 'ContainerRuntimeError',
            message: error instanceof Error ? error.message : String(error),
          }
    end(life, { code: 'TaskFailedToStart', reason: `${code}: ${message}` })
  }

  function onExit(life: Life, exit: TaskExit) {
    life.exited = true
    life.task.executionStoppedAt = new Date()
    const [main] = life.task.containers
    if (main) {
      main.lastStatus = 'STOPPED'
      // As a container runtime reports it: 128 and the signal's number for an end by signal.
      main.exitCode = exit.code ?? (exit.signal === 'SIGKILL' ? 137 : 143)
    }
    if (life.ending || closed) return
    end(life, { code: 'EssentialContainerExited', reason: 'Essential container in task exited' })
  }

  function end(life: Life, why: StopReason) {
    life.ending = true
    const { task } = life
    task.desiredStatus = 'STOPPED'
    task.stopCode = why.code
    task.stoppedReason = why.reason
    task.stoppingAt = new Date()
    deps.ending(task)
    void finish(life)
  }

  async function finish(life: Life) {
    const { task } = life
    if (life.registered) {
      change(task, 'DEACTIVATING')
      for (const { targetGroupArn } of life.loadBalancers) {
        if (targetGroupArn) deps.targets.deregister(targetGroupArn, targetOf(task))
      }
      // A task that still serves is stopped only when no load balancer sends it anything any more.
      while (!life.exited && !closed && isDraining(life)) await pause(deps.timing.drainPoll)
    }
    if (life.handle) {
      change(task, 'STOPPING')
      await life.handle.stop()
    }
    for (const container of task.containers) {
      container.lastStatus = 'STOPPED'
      // A container that was never started has no exit code.
      if (task.startedAt) container.exitCode ??= 0
    }
    change(task, 'DEPROVISIONING')
    await pause(deps.timing.deprovisioning)
    task.stoppedAt = new Date()
    lives.delete(task.arn)
    change(task, 'STOPPED')
  }

  const isDraining = ({ task, loadBalancers }: Life) =>
    loadBalancers.some(
      ({ targetGroupArn }) =>
        targetGroupArn && deps.targets.health(targetGroupArn, targetOf(task)) !== undefined,
    )

  return {
    begin(task, service) {
      const life = {
        task,
        loadBalancers: service.loadBalancers,
        exited: false,
        ending: false,
        registered: false,
      }
      lives.set(task.arn, life)
      void begin(life)
    },
    stop(task, why) {
      const life = lives.get(task.arn)
      if (life && !life.ending) end(life, why)
    },
    async close() {
      closed = true
      await Promise.all([...lives.values()].map((life) => life.handle?.stop()))
    },
  }
}

function specOf(task: EcsTask) {
  const [container] = task.definition.containerDefinitions ?? []
  return {
    taskArn: task.arn,
    revision: shortName(task.definition.taskDefinitionArn ?? ''),
    image: container?.image ?? '',
    environment: Object.fromEntries(
      (container?.environment ?? []).map(({ name = '', value = '' }) => [name, value]),
    ),
    ports: (container?.portMappings ?? []).map(({ containerPort = 0 }) => containerPort),
    stopTimeout: (container?.stopTimeout ?? 30) * 1_000,
  }
}

function targetOf(task: EcsTask) {
  if (!task.address) throw new Error(`task ${task.arn} has no address to be a target with`)
  return { id: task.address.host, port: task.address.port }
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
