import { ignored, type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

export const ECS_TASK_STATE_CHANGE = 'ECS Task State Change'

const SERVICE_GROUP = 'service:'

/**
 * Only what is used: AWS adds fields at will, and a task has any number of containers, some without an image.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
const schema = z.looseObject({
  source: z.literal('aws.ecs'),
  'detail-type': z.literal(ECS_TASK_STATE_CHANGE),
  detail: z.looseObject({
    clusterArn: z.string().check(z.minLength(1)),
    taskArn: z.string().check(z.minLength(1)),
    taskDefinitionArn: z.string().check(z.minLength(1)),
    lastStatus: z.string(),
    desiredStatus: z.string(),
    group: z.optional(z.string()),
    startedBy: z.optional(z.string()),
    stopCode: z.optional(z.string()),
    stoppedReason: z.optional(z.string()),
  }),
})

/** A service's task, by the short names that events are compared by. */
export interface ServiceTask {
  readonly cluster: string
  readonly service: string
  readonly revision: string
  readonly task: string
  /** The service's deployment that started it, `ecs-svc/…`; ECS leaves it out for some tasks. */
  readonly deployment?: string
}

export interface StoppedServiceTask extends ServiceTask {
  readonly stopCode?: string
  readonly reason?: string
}

/** A task that runs and is meant to. */
export function parseRunningTask(
  event: unknown,
): Parsed<ServiceTask & { readonly deployment: string }> {
  const change = parseServiceTask(event, 'RUNNING')
  if (change.kind === 'ignored') return change
  const { detail, task } = change.value
  // A task that is being stopped reports RUNNING until its containers are gone.
  if (detail.desiredStatus !== 'RUNNING') {
    return ignored(`detail.desiredStatus is ${detail.desiredStatus}, not RUNNING`)
  }
  if (!task.deployment) {
    return ignored('detail.startedBy is absent, so the deployment of the task is unknown')
  }
  return parsed({ ...task, deployment: task.deployment })
}

export function parseStoppedTask(event: unknown): Parsed<StoppedServiceTask> {
  const change = parseServiceTask(event, 'STOPPED')
  if (change.kind === 'ignored') return change
  const { detail, task } = change.value
  return parsed({
    ...task,
    ...(detail.stopCode === undefined ? {} : { stopCode: detail.stopCode }),
    ...(detail.stoppedReason === undefined ? {} : { reason: detail.stoppedReason }),
  })
}

function parseServiceTask(
  event: unknown,
  status: 'RUNNING' | 'STOPPED',
): Parsed<{ detail: z.output<typeof schema>['detail']; task: ServiceTask }> {
  const change = read(schema, event, ECS_TASK_STATE_CHANGE)
  if (change.kind === 'ignored') return change
  const { detail } = change.value
  if (detail.lastStatus !== status) {
    return ignored(`detail.lastStatus is ${detail.lastStatus}, not ${status}`)
  }
  const { group = '' } = detail
  if (!group.startsWith(SERVICE_GROUP) || group === SERVICE_GROUP) {
    return ignored(`detail.group is ${group || 'absent'}, so the task is no service's`)
  }
  const task = {
    cluster: detail.clusterArn.slice(detail.clusterArn.lastIndexOf('/') + 1),
    service: group.slice(SERVICE_GROUP.length),
    revision: detail.taskDefinitionArn,
    task: detail.taskArn,
    ...(detail.startedBy === undefined ? {} : { deployment: detail.startedBy }),
  }
  return parsed({ detail, task })
}
