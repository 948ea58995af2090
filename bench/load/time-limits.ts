import { AsyncLocalStorage } from 'node:async_hooks'
import type { FunctionLoader } from '../../local/services/lambda/index.ts'
import type { InProcessHandler } from '../../local/wire/request-handler.ts'

export interface TimeLimits {
  readonly loader: (inner: FunctionLoader) => FunctionLoader
  readonly network: (inner: InProcessHandler) => InProcessHandler
}

/**
 * Lambda ends an invocation at its time limit. One that shares this process with others cannot be ended, but from then on
 * none of its requests leaves: a write that comes minutes late is none of AWS's.
 */
export function createTimeLimits(): TimeLimits {
  const limits = new AsyncLocalStorage<AbortSignal>()
  return {
    loader: (inner) => (fn) => {
      const loaded = inner(fn)
      return {
        ...loaded,
        invoke: (payload, context) =>
          limits.run(context.signal, () => loaded.invoke(payload, context)),
      }
    },
    network: (inner) => ({
      ...inner,
      async handle(request) {
        // As a connection that breaks, for who waits for the same answer in an invocation that goes on.
        if (limits.getStore()?.aborted)
          throw Object.assign(new Error('over'), { code: 'ECONNRESET' })
        return inner.handle(request)
      },
    }),
  }
}
