import { type Parsed, parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** What an execution of the workflow is started with. */
export interface RolloutInput {
  readonly canary: string
  readonly rollout: string
  readonly attempt: number
  readonly candidate: 'blue' | 'green'
  readonly revision: string
  readonly recover?: string
}

const schema = z.looseObject({
  canary: z.string().check(z.minLength(1)),
  rollout: z.string().check(z.minLength(1)),
  attempt: z.int().check(z.gte(1)),
  candidate: z.enum(['blue', 'green']),
  revision: z.string().check(z.minLength(1)),
  recover: z.optional(z.string()),
})

/** @param what it is, for the reason why it is none. */
export function parseRolloutInput(given: unknown, what: string): Parsed<RolloutInput> {
  const input = read(schema, given, what)
  if (input.kind === 'ignored') return input
  const { canary, rollout, attempt, candidate, revision, recover } = input.value
  return parsed({
    canary,
    rollout,
    attempt,
    candidate,
    revision,
    ...(recover === undefined ? {} : { recover }),
  })
}
