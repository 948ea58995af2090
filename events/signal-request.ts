import { type Parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** What an operator may ask the function `signal` for. The other signals come from events. */
export const OPERATOR_SIGNALS = ['abort', 'pause', 'resume', 'promote', 'promote-full'] as const
/** What an approver may ask the function `approve` for: IAM tells the two apart by the function. */
export const APPROVER_SIGNALS = ['approve', 'reject'] as const

export type RequestedKind = (typeof OPERATOR_SIGNALS)[number] | (typeof APPROVER_SIGNALS)[number]

/** A session's token is the longest of a proof's headers. */
const longest = z.string().check(z.maxLength(16_384))

const fields = {
  canary: z.string().check(z.minLength(1), z.maxLength(256)),
  /** Who asks, for the timeline: no more than a claim where there is no proof. */
  who: z.string().check(z.minLength(1), z.maxLength(256)),
  why: z._default(z.string().check(z.maxLength(1_024)), 'no reason was given'),
  /** The same id twice is one signal. It is kept, so it is short. */
  id: z.exactOptional(
    z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/, '1 to 128 letters, digits or signs of ASCII')),
  ),
  /** The rollout that was looked at. */
  rollout: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(256))),
  proof: z.exactOptional(
    z.object({
      headers: z.pipe(
        z.record(longest, longest),
        z.transform((headers) =>
          Object.fromEntries(
            Object.entries(headers).map(([name, one]) => [name.toLowerCase(), one]),
          ),
        ),
      ),
      body: longest,
    }),
  ),
}

export interface RequestedSignal<Kind extends RequestedKind = RequestedKind> {
  readonly canary: string
  readonly kind: Kind
  readonly who: string
  readonly why: string
  readonly id: string
  readonly rollout?: string
  readonly proof?: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

/**
 * A person's request, as `aws lambda invoke` or the `sluice` command sends it.
 * @param kinds what the function that got it takes.
 * @param otherwise the id of a request that brought none: the invocation's, which a retry keeps.
 */
export function parseSignalRequest<Kind extends RequestedKind>(
  event: unknown,
  kinds: readonly Kind[],
  otherwise: string,
): Parsed<RequestedSignal<Kind>> {
  const schema = z.looseObject({ ...fields, kind: z.enum(kinds) })
  const request = read(schema, event, 'signal request')
  if (request.kind === 'ignored') return request
  const { canary, kind, who, why, id = otherwise, rollout, proof } = request.value
  return {
    kind: 'parsed',
    value: {
      canary,
      kind,
      who,
      why,
      id,
      ...(rollout === undefined ? {} : { rollout }),
      ...(proof === undefined ? {} : { proof }),
    },
  }
}
