import type { EventBridge } from '../../services/eventbridge/index.ts'

/** Stop codes that say that a container died, not that somebody stopped it. */
const DEATHS = ['EssentialContainerExited', 'TaskFailedToStart']

interface TaskDetail {
  readonly group?: string
  readonly taskDefinitionArn?: string
  readonly lastStatus?: string
  readonly stopCode?: string
}

/** Notes when the events that a rollout is measured from were on the bus, milliseconds since the epoch. */
export function witnessTasks(eventbridge: Pick<EventBridge, 'onEvent'>, service: string) {
  const running = new Map<string, number>()
  let firstDeath: number | undefined
  const stop = eventbridge.onEvent((event) => {
    if (event['detail-type'] !== 'ECS Task State Change') return
    const detail = event.detail as TaskDetail
    if (detail.group !== `service:${service}`) return
    const revision = detail.taskDefinitionArn ?? ''
    if (detail.lastStatus === 'RUNNING' && !running.has(revision)) running.set(revision, Date.now())
    if (DEATHS.includes(detail.stopCode ?? '')) firstDeath ??= Date.now()
  })
  return {
    firstRunning: (revision: string) => running.get(revision),
    firstDeath: () => firstDeath,
    stop,
  }
}
