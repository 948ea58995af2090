import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn'

/** A standard execution's history ends at this event, whatever it was doing. */
export const MOST_EVENTS = 25_000

const DETAILS: readonly (readonly [suffix: RegExp, member: keyof HistoryEvent])[] = [
  [/^ExecutionStarted$/, 'executionStartedEventDetails'],
  [/^ExecutionSucceeded$/, 'executionSucceededEventDetails'],
  [/^ExecutionFailed$/, 'executionFailedEventDetails'],
  [/^ExecutionAborted$/, 'executionAbortedEventDetails'],
  [/^ExecutionTimedOut$/, 'executionTimedOutEventDetails'],
  [/^ExecutionRedriven$/, 'executionRedrivenEventDetails'],
  [/StateEntered$/, 'stateEnteredEventDetails'],
  [/StateExited$/, 'stateExitedEventDetails'],
  [/^TaskScheduled$/, 'taskScheduledEventDetails'],
  [/^TaskStarted$/, 'taskStartedEventDetails'],
  [/^TaskSubmitted$/, 'taskSubmittedEventDetails'],
  [/^TaskSucceeded$/, 'taskSucceededEventDetails'],
  [/^TaskFailed$/, 'taskFailedEventDetails'],
  [/^TaskTimedOut$/, 'taskTimedOutEventDetails'],
]

const TERMINAL = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/

export class History {
  readonly #events: HistoryEvent[] = []
  readonly #listener: (event: HistoryEvent) => void

  constructor(listener: (event: HistoryEvent) => void) {
    this.#listener = listener
  }

  events(): readonly HistoryEvent[] {
    return this.#events
  }

  /** Only the event that ends the execution still fits. */
  isFull(): boolean {
    return this.#events.length >= MOST_EVENTS - 1
  }

  append(type: HistoryEventType, details: object = {}, timestamp = new Date()): void {
    if (this.isFull() && !TERMINAL.test(type)) return
    const id = this.#events.length + 1
    const member = DETAILS.find(([pattern]) => pattern.test(type))?.[1]
    const event: HistoryEvent = {
      timestamp,
      type,
      id,
      // The first state follows from nothing, as AWS tells it; all else from what came before.
      previousEventId: id <= 2 ? 0 : id - 1,
      ...(member ? { [member]: details } : {}),
    }
    this.#events.push(event)
    this.#listener(event)
  }
}
