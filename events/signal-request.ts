import { type Parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** What a person may ask for. The other signals come from events. */
export const OPERATOR_SIGNALS = ['abort', 'approve'] as const

const schema = z.looseObject({
  canary: z.string().check(z.minLength(1)),
  kind: z.enum(OPERATOR_SIGNALS),
  /** Who asks, for the timeline. */
  who: z.string().check(z.minLength(1), z.maxLength(256)),
  why: z._default(z.string().check(z.maxLength(1_024)), 'no reason was given'),
  /** The same id twice is one signal. */
  id: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
})

export interface RequestedSignal {
  readonly canary: string
  readonly kind: (typeof OPERATOR_SIGNALS)[number]
  readonly who: string
  readonly why: string
  readonly id: string
}

/**
 * A person's request, as `aws lambda invoke` or the `sluice` command sends it.
 * @param otherwise the id of a request that brought none: the invocation's, which a retry keeps.
 */
export function parseSignalRequest(event: unknown, otherwise: string): Parsed<RequestedSignal> {
  const request = read(schema, event, 'signal request')
  if (request.kind === 'ignored') return request
  const { canary, kind, who, why, id = otherwise } = request.value
  return { kind: 'parsed', value: { canary, kind, who, why, id } }
}
