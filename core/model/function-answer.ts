import type { LambdaAnswer } from '../ports.ts'
import * as z from './zod.ts'

/** What a team's function answers. Unknown fields are let pass. */
const answerSchema = z.object({
  status: z.enum(['pass', 'fail', 'in-progress']),
  /** For people; shortened on the record. */
  reason: z._default(z.string(), ''),
  /** Seconds until it wants to be asked again; of `in-progress`. */
  retryAfter: z._default(z.number().check(z.gte(1), z.lte(3_600)), 10),
  /** The numbers behind it; of a check. */
  numbers: z._default(
    z.record(z.string().check(z.maxLength(40)), z.number()).check(
      z.refine((value) => Object.keys(value).length <= 20, {
        message: 'has more than 20 numbers',
      }),
    ),
    {},
  ),
})

export type FunctionAnswer =
  | ({ readonly kind: 'answer' } & z.output<typeof answerSchema>)
  /** It threw, did not answer in time, or answered something else. */
  | { readonly kind: 'broken'; readonly reason: string }

/** Reads what came of an invocation. */
export function readAnswer(answer: LambdaAnswer): FunctionAnswer {
  if (answer.kind === 'failed') return { kind: 'broken', reason: answer.reason }
  const parsed = answerSchema.safeParse(answer.payload)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.map(String).join('.') || 'the whole'
    return {
      kind: 'broken',
      reason: `answered ${shown(answer.payload)}: ${place}: ${issue?.message}; answer {"status": "pass" | "fail" | "in-progress", "reason": "…"}`,
    }
  }
  const { data } = parsed
  return { kind: 'answer', ...data, reason: data.reason || `answered ${data.status}` }
}

function shown(payload: unknown): string {
  const text = JSON.stringify(payload) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
