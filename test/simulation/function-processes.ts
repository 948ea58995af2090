import type { LoadedFunction } from '../../local/services/lambda/index.ts'

type Invoke = LoadedFunction['invoke']

/**
 * A function's processes, as Lambda keeps them: each has one invocation at a time, is warm for the next one, and takes
 * with it what it knew when it dies. What an invocation leaves behind in a shared one would hold up all that follow.
 */
export function createProcesses(start: () => LoadedFunction) {
  const idle: LoadedFunction[] = []
  return {
    /** @param survives asked when the invocation has ended. One that never ends keeps its process. */
    async invoke(
      payload: Parameters<Invoke>[0],
      context: Parameters<Invoke>[1],
      survives: () => boolean,
    ): Promise<unknown> {
      const process = idle.pop() ?? start()
      try {
        return await process.invoke(payload, context)
      } finally {
        if (survives()) idle.push(process)
      }
    },
  }
}
