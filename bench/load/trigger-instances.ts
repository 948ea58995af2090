import type { FunctionLoader } from '../../local/services/lambda/index.ts'

/** Instances of the trigger function at a time. */
const CONCURRENCY = 50

export interface TriggerInstances {
  readonly loader: FunctionLoader
  /** Tasks' ARNs, with how often their events were dealt with. */
  readonly handled: ReadonlyMap<string, number>
  /** Invocations that failed, each of which Lambda tries again. */
  readonly failed: () => number
}

/** Counts what the trigger function has done, of which only so many instances run at a time. */
export function countTrigger(inner: FunctionLoader): TriggerInstances {
  const handled = new Map<string, number>()
  let failed = 0
  return {
    handled,
    failed: () => failed,
    loader(fn) {
      const loaded = inner(fn)
      if (!fn.name.endsWith('-trigger')) return loaded
      return {
        close: () => loaded.close(),
        concurrency: CONCURRENCY,
        async invoke(payload, context) {
          try {
            const answer = await loaded.invoke(payload, context)
            const { taskArn } = (payload as { detail: { taskArn: string } }).detail
            handled.set(taskArn, (handled.get(taskArn) ?? 0) + 1)
            return answer
          } catch (error) {
            failed += 1
            throw error
          }
        },
      }
    },
  }
}
