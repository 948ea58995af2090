import { remove, take } from './messages.ts'
import type { Message, Queues } from './state.ts'

/** What another service does with a queue that it polls. */
export interface Consumer {
  readonly visibilityTimeoutSeconds: number
  receive(most: number): readonly Message[]
  delete(message: Message): void
  /** When the next of the messages on the queue can be received. */
  nextVisibleAt(): number | undefined
  close(): void
}

/** @param onArrival called for each message that is put on the queue, when it may still be hidden. */
export function consume(queues: Queues, arn: string, onArrival: () => void): Consumer {
  const queue = queues.get(arn)
  queue.arrivals.add(onArrival)
  return {
    get visibilityTimeoutSeconds() {
      return Number(queue.attributes.VisibilityTimeout)
    },
    receive: (most) => take(queues, queue, { MaxNumberOfMessages: most }),
    delete: (message) => remove(queue, message.receipt),
    nextVisibleAt() {
      if (queue.messages.length === 0) return undefined
      return Math.min(...queue.messages.map((message) => message.visibleAt))
    },
    close: () => void queue.arrivals.delete(onArrival),
  }
}
