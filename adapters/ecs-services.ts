import {
  type Deployment,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  type Service as EcsService,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { CandidateError, ProviderError } from '../core/errors.ts'
import { type ServiceRef, serviceKey } from '../core/model/slot.ts'
import type { Services, ServiceView, StoppedTaskView } from '../core/ports.ts'
import { answered, described, isNamed } from './aws-errors.ts'

/** As many as DescribeTasks takes at once. */
const TASKS_AT_ONCE = 100

export function createEcsServices(ecs: ECSClient): Services {
  return {
    describe: (ref) => describe(ecs, ref),

    async stoppedTasks(ref) {
      const arns = await listStopped(ecs, ref)
      const tasks: StoppedTaskView[] = []
      for (let start = 0; start < arns.length; start += TASKS_AT_ONCE) {
        const some = arns.slice(start, start + TASKS_AT_ONCE)
        tasks.push(...(await describeTasks(ecs, ref, some)))
      }
      return tasks
    },

    async setDesiredCount(ref, count) {
      const command = new UpdateServiceCommand({ ...inEcs(ref), desiredCount: count })
      await answered(
        'ECS UpdateService',
        `desired count ${count} of ${serviceKey(ref)}`,
        ecs.send(command),
      )
    },
  }
}

async function describe(ecs: ECSClient, ref: ServiceRef): Promise<ServiceView | undefined> {
  try {
    const command = new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.service] })
    const { services } = await answered('ECS DescribeServices', serviceKey(ref), ecs.send(command))
    const service = services?.find((one) => one.serviceName === ref.service)
    // ECS goes on describing a deleted service as INACTIVE for a while.
    if (!service || service.status === 'INACTIVE') return undefined
    return viewOf(ref, service)
  } catch (error) {
    if (isNamed(error, 'ClusterNotFoundException')) return undefined
    // Told as what no retry mends: in the table's stream all other canaries' changes would wait behind it for a day.
    if (isNamed(error, 'AccessDeniedException')) {
      throw new ProviderError(
        `ECS DescribeServices (${serviceKey(ref)}) is denied: ${described(error)}; allow ecs:DescribeServices on the service to the canary's role`,
        { cause: error },
      )
    }
    throw error
  }
}

function viewOf(ref: ServiceRef, service: EcsService): ServiceView {
  const deployments = service.deployments ?? []
  const primary = primaryOf(ref, deployments)
  const desiredCount = service.desiredCount ?? 0
  const runningCount = service.runningCount ?? 0
  const pendingCount = service.pendingCount ?? 0
  return {
    ref,
    desiredCount,
    runningCount,
    pendingCount,
    primary,
    steady:
      deployments.length === 1 &&
      pendingCount === 0 &&
      runningCount === desiredCount &&
      primary.runningCount === primary.desiredCount,
  }
}

function primaryOf(ref: ServiceRef, deployments: readonly Deployment[]): ServiceView['primary'] {
  const primary = deployments.find((deployment) => deployment.status === 'PRIMARY')
  if (!primary?.id || !primary.taskDefinition) {
    throw new CandidateError(
      `service ${serviceKey(ref)} has no PRIMARY deployment; give it the deployment controller ECS`,
    )
  }
  return {
    id: primary.id,
    revision: primary.taskDefinition,
    desiredCount: primary.desiredCount ?? 0,
    runningCount: primary.runningCount ?? 0,
    failedTasks: primary.failedTasks ?? 0,
    rolloutState: primary.rolloutState,
  }
}

async function listStopped(ecs: ECSClient, ref: ServiceRef): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const command = new ListTasksCommand({
      cluster: ref.cluster,
      serviceName: ref.service,
      desiredStatus: 'STOPPED',
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    const page = await answered(
      'ECS ListTasks',
      `stopped tasks of ${serviceKey(ref)}`,
      ecs.send(command),
    )
    arns.push(...(page.taskArns ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return arns
}

async function describeTasks(
  ecs: ECSClient,
  ref: ServiceRef,
  arns: string[],
): Promise<StoppedTaskView[]> {
  const command = new DescribeTasksCommand({ cluster: ref.cluster, tasks: arns })
  const { tasks } = await answered(
    'ECS DescribeTasks',
    `${arns.length} stopped tasks of ${serviceKey(ref)}`,
    ecs.send(command),
  )
  return (tasks ?? []).map((task) => ({
    task: task.taskArn ?? '',
    stopCode: task.stopCode,
    reason: task.stoppedReason,
    stoppedAt: task.stoppedAt?.getTime(),
    deployment: task.startedBy,
  }))
}

function inEcs(ref: ServiceRef): { cluster: string; service: string } {
  return { cluster: ref.cluster, service: ref.service }
}
