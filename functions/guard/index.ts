import { guard } from '../../core/use-cases/guard.ts'
import { lookAfter } from '../../core/use-cases/look-after.ts'
import { parseMessages, parseQueuedEvent, type QueuedEvent } from '../../events/queue-message.ts'
import { isRolloutReminder, parseRolloutReminder } from '../../events/rollout-reminder.ts'
import { parseBrokenOffExecution } from '../../events/step-functions-execution-status-change.ts'
import { type Container, connect, reminders, store, workflows } from '../shared/container.ts'
import { publish } from '../shared/metrics.ts'
import { about, toldResult } from '../shared/watch.ts'
import { atFirstCall, watched } from '../shared/watched.ts'

const needs = { store, workflows, reminders }

/** What is named comes again after the queue's visibility timeout; everything else is deleted. */
interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/**
 * Executions of the workflow that ended without promotion, and reminders of rollouts, out of a queue: an outage of what
 * this calls may last for hours (ADR 0006). Throws only what a retry may mend; a message that passed already passes
 * again. A reminder comes again until its rollout is settled (ADR 0035).
 */
export function createGuardHandler(container: Container<typeof needs>) {
  const { environment, watch } = container

  /** @returns whether the message has to come again. */
  async function follow(message: unknown): Promise<{ readonly again?: string }> {
    watch.logger.resetKeys()
    const queued = parseQueuedEvent(message)
    if (queued.kind === 'ignored') {
      toldResult(watch, queued)
      return {}
    }
    const { event, messageId } = queued.value
    if (isRolloutReminder(event)) return (await remind(queued.value)) ? { again: messageId } : {}
    const ended = parseBrokenOffExecution(event, environment.stateMachineArn)
    if (ended.kind === 'ignored') {
      toldResult(watch, ended)
      return {}
    }
    const { canary, rollout } = ended.value.input
    about(watch, { canary, rollout })
    toldResult(watch, { ...(await guard(container, ended.value)), canary })
    return {}
  }

  /** @returns whether the rollout has to be looked after once more. */
  async function remind({ event, receives }: QueuedEvent): Promise<boolean> {
    const claim = parseRolloutReminder(event)
    if (claim.kind === 'ignored') {
      toldResult(watch, claim)
      return false
    }
    const { canary, rollout } = claim.value
    about(watch, { canary, rollout })
    const { stays, ...result } = await lookAfter(container, { claim: claim.value, receives })
    toldResult(watch, { ...result, canary })
    return stays
  }

  return watched(watch, async (event): Promise<BatchAnswer> => {
    const messages = parseMessages(event)
    if (messages.kind === 'ignored') {
      toldResult(watch, messages)
      return { batchItemFailures: [] }
    }
    const batchItemFailures: { readonly itemIdentifier: string }[] = []
    for (const message of messages.value) {
      const { again } = await follow(message)
      if (again !== undefined) batchItemFailures.push({ itemIdentifier: again })
      // The next message is about another canary.
      publish(watch.metrics)
    }
    return { batchItemFailures }
  })
}

export const handler = atFirstCall(() => createGuardHandler(connect(needs)))
