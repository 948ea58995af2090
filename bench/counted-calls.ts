import type { HttpRequest } from '@smithy/core/protocols'
import type { InProcessHandler } from '../local/wire/request-handler.ts'

/** How often each operation was called: `dynamodb:Query` → 1. */
export type Calls = Readonly<Record<string, number>>

export interface CountedCalls {
  readonly requestHandler: InProcessHandler
  /** The calls since `take`, in order: each with when it was answered, of `performance.now()`. */
  readonly answered: readonly AnsweredCall[]
  /** The calls since it was last asked. */
  take(): Calls
}

export interface AnsweredCall {
  readonly operation: string
  readonly at: number
}

/** Stands between SDK clients and local AWS; what other clients call is not counted. */
export function countCalls(inner: InProcessHandler): CountedCalls {
  let calls = new Map<string, number>()
  const answered: AnsweredCall[] = []
  return {
    answered,
    requestHandler: {
      ...inner,
      async handle(request) {
        const operation = operationOf(request)
        calls.set(operation, (calls.get(operation) ?? 0) + 1)
        const answer = await inner.handle(request)
        answered.push({ operation, at: performance.now() })
        return answer
      },
    },
    take() {
      const taken = Object.fromEntries(calls)
      calls = new Map()
      answered.length = 0
      return taken
    },
  }
}

export function totalOf(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0)
}

/**
 * By the service's host and the target header, which every JSON protocol has: `DynamoDB_20120810.Query`. The Query
 * protocol has the operation in its body.
 */
function operationOf(request: HttpRequest): string {
  const [service = ''] = request.hostname.split('.')
  const target = request.headers['x-amz-target'] ?? request.headers['X-Amz-Target']
  const operation =
    target === undefined
      ? /(?:^|&)Action=(\w+)/.exec(String(request.body ?? ''))?.[1]
      : target.slice(target.lastIndexOf('.') + 1)
  return `${service}:${operation ?? ''}`
}
