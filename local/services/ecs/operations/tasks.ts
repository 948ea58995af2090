import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../../wire/service.ts'
import { shortName } from '../arns.ts'
import { findTask, requireCluster } from '../lookup.ts'
import { page } from '../pages.ts'
import type { Scheduler } from '../scheduler.ts'
import type { EcsState } from '../state.ts'
import { viewTask } from '../views.ts'

export const taskOperations = (state: EcsState, scheduler: Scheduler) => ({
  ListTasks(input: ListTasksRequest): ListTasksResponse {
    const cluster = requireCluster(state, input.cluster)
    const { serviceName, startedBy, family, desiredStatus = 'RUNNING' } = input
    if (
      serviceName !== undefined &&
      !state.services.has(`${cluster.name}/${shortName(serviceName)}`)
    ) {
      throw new AwsError('ServiceNotFoundException', 'Service not found.')
    }
    const arns = [...state.tasks.values()]
      .filter((task) => task.cluster === cluster.name)
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => serviceName === undefined || task.service === shortName(serviceName))
      .filter((task) => startedBy === undefined || task.deployment === startedBy)
      .filter((task) => family === undefined || task.definition.family === family)
      .map((task) => task.arn)
    const { items, nextToken } = page(arns, input)
    return { taskArns: items, ...(nextToken && { nextToken }) }
  },

  DescribeTasks(input: DescribeTasksRequest): DescribeTasksResponse {
    const cluster = requireCluster(state, input.cluster)
    const given = input.tasks ?? []
    if (given.length === 0 || given.length > 100) {
      throw new AwsError('InvalidParameterException', 'Tasks must have 1 to 100 members.')
    }
    const found = given.map((id) => ({ id, task: findTask(state, cluster.name, id) }))
    return {
      tasks: found.flatMap(({ task }) => (task ? [viewTask(task)] : [])),
      failures: found.flatMap(({ id, task }) => (task ? [] : [{ arn: id, reason: 'MISSING' }])),
    }
  },

  StopTask(input: StopTaskRequest): StopTaskResponse {
    const cluster = requireCluster(state, input.cluster)
    const task = findTask(state, cluster.name, input.task ?? '')
    if (!task) {
      throw new AwsError('InvalidParameterException', 'The referenced task was not found.')
    }
    scheduler.stopTask(task, {
      code: 'UserInitiated',
      reason: input.reason ?? 'Task stopped by user',
    })
    return { task: viewTask(task) }
  },

  RunTask(): never {
    throw new AwsError(
      'UnsupportedFeatureException',
      'local AWS runs tasks of services only: create a service with CreateService.',
    )
  },
})
