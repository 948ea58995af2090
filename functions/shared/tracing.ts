import type { MiddlewareObj, Request } from '@middy/core'
import { isTraced } from './environment.ts'

type Loaded = Awaited<ReturnType<typeof load>>
type Annotation = string | number | boolean

/** The X-Ray side of an invocation. */
export interface Tracing {
  readonly middleware: MiddlewareObj
  /** Makes the trace findable by this key; nothing where the invocation is not traced. */
  annotate(key: string, value: Annotation): void
}

async function load(service: string) {
  const { createTracer } = await import('./tracer.ts')
  return createTracer(service)
}

/**
 * Loads the tracer at the first invocation that X-Ray samples. The X-Ray SDK is a quarter of a small function's
 * code: everybody else, local runs among them, starts without it.
 */
export function createTracing(service: string): Tracing {
  let loaded: Loaded | undefined
  let active = false
  const pass = (hook: 'after' | 'onError') => async (request: Request) => {
    if (active) await loaded?.middleware[hook]?.(request)
    active = false
  }
  return {
    middleware: {
      before: async (request) => {
        active = isTraced()
        if (!active) return
        loaded ??= await load(service)
        await loaded.middleware.before?.(request)
      },
      after: pass('after'),
      onError: pass('onError'),
    },
    annotate(key, value) {
      if (active) loaded?.tracer.putAnnotation(key, value)
    },
  }
}
