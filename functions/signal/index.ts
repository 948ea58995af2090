import { noteStoppedTask } from '../../core/use-cases/note-stopped-task.ts'
import { signal } from '../../core/use-cases/signal.ts'
import { parseStoppedTask } from '../../events/ecs-task-state-change.ts'
import { parseSignalRequest } from '../../events/signal-request.ts'
import { type Container, clock, connect, store, workflows } from '../shared/container.ts'
import { about, type EventResult, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { clock, store, workflows }

/** What may interrupt a bake: a person's request, or a stopped task's event (ADR 0003 says why both are here). */
export function createSignalHandler(container: Container<typeof needs>) {
  const { watch } = container

  async function stoppedTask(event: unknown): Promise<EventResult> {
    const stopped = parseStoppedTask(event)
    if (stopped.kind === 'ignored') return toldResult(watch, stopped)
    watch.logger.appendKeys({ ecs: stopped.value })
    const { deployment = '' } = stopped.value
    return toldResult(watch, await noteStoppedTask(container, { ...stopped.value, deployment }))
  }

  async function request(event: unknown, invocation: string): Promise<EventResult> {
    const wish = parseSignalRequest(event, invocation)
    if (wish.kind === 'ignored') return toldResult(watch, { ...wish, kind: 'refused' })
    const { canary } = wish.value
    about(watch, { canary })
    return toldResult(watch, { ...(await signal(container, wish.value)), canary })
  }

  return watched(watch, async (event, context) =>
    isEvent(event) ? stoppedTask(event) : request(event, context.awsRequestId),
  )
}

/** EventBridge wraps all that it delivers in an envelope with a detail; a person's request has none. */
function isEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'detail-type' in event
}

export const handler = atFirstCall(() => createSignalHandler(connect(needs)))
