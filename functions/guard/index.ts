import { guard } from '../../core/use-cases/guard.ts'
import { parseMessages, parseQueuedEvent } from '../../events/queue-message.ts'
import { parseBrokenOffExecution } from '../../events/step-functions-execution-status-change.ts'
import { type Container, connect, store, workflows } from '../shared/container.ts'
import { publish } from '../shared/metrics.ts'
import { about, type EventResult, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { store, workflows }

/**
 * Executions of the workflow that ended without promotion, out of a queue: an outage of what this calls may last
 * for hours (ADR 0006). Throws only what a retry may mend; a message that passed already passes again.
 */
export function createGuardHandler(container: Container<typeof needs>) {
  const { environment, watch } = container

  async function follow(message: unknown): Promise<EventResult> {
    watch.logger.resetKeys()
    const event = parseQueuedEvent(message)
    if (event.kind === 'ignored') return toldResult(watch, event)
    const ended = parseBrokenOffExecution(event.value, environment.stateMachineArn)
    if (ended.kind === 'ignored') return toldResult(watch, ended)
    about(watch, { canary: ended.value.input.canary, rollout: ended.value.input.rollout })
    const result = await guard(container, ended.value)
    return toldResult(watch, { ...result, canary: ended.value.input.canary })
  }

  return watched(watch, async (event): Promise<readonly EventResult[]> => {
    const messages = parseMessages(event)
    if (messages.kind === 'ignored') return [toldResult(watch, messages)]
    const results: EventResult[] = []
    for (const message of messages.value) {
      results.push(await follow(message))
      // The next message is about another canary.
      publish(watch.metrics)
    }
    return results
  })
}

export const handler = atFirstCall(() => createGuardHandler(connect(needs)))
