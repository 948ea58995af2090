import type { Queues } from './state.ts'

/** SQS tells CloudWatch once a minute. */
const EVERY_MS = 60_000

/** Tells how many messages wait on each queue. Gives the way to stop. */
export function reportQueues(
  queues: Queues,
  record: (
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
  ) => void,
): () => void {
  const report = (): void => {
    const now = Date.now()
    for (const { name, messages } of queues.all()) {
      const visible = messages.filter(({ visibleAt }) => visibleAt <= now).length
      const tell = (metric: string, value: number) =>
        record('AWS/SQS', metric, { QueueName: name }, value)
      tell('ApproximateNumberOfMessagesVisible', visible)
      tell('ApproximateNumberOfMessagesNotVisible', messages.length - visible)
    }
  }
  // It must not keep a process alive that is otherwise done.
  const timer = setInterval(report, EVERY_MS).unref()
  return () => clearInterval(timer)
}
