import { type Parsed, read } from './outcome.ts'
import * as z from './zod.ts'

/** The events that Sluice sends: what others may match with a rule of theirs. */
export const SLUICE_SOURCE = 'sluice'
export const CANARY_ROLLOUT_STATE_CHANGE = 'Canary Rollout State Change'

const schema = z.looseObject({
  source: z.literal(SLUICE_SOURCE),
  'detail-type': z.literal(CANARY_ROLLOUT_STATE_CHANGE),
  detail: z.looseObject({
    canary: z.string(),
    rollout: z.string(),
    state: z.enum(['started', 'shifted', 'held', 'promoted', 'failed-back']),
    /** Name of the execution that holds the rollout. */
    execution: z.string(),
    /** `critical`: a version failed. `warning`: a person is waited for, or ended it. */
    severity: z.enum(['info', 'warning', 'critical']),
    /** One or two sentences for a chat. */
    message: z.string(),
    /** The execution in the console of Step Functions. */
    link: z.string(),
    candidate: z.enum(['blue', 'green']),
    /** The task definition's ARN. */
    revision: z.string(),
    /** 0 before the first shift, then the plan's steps from 1. */
    step: z.int().check(z.gte(0)),
    /** The candidate's share in percent, read back from the router. */
    weight: z.number().check(z.gte(0), z.lte(100)),
    reason: z.string(),
    /** The last verdict of each check. */
    evidence: z.array(
      z.looseObject({
        check: z.string(),
        kind: z.enum(['pass', 'fail', 'inconclusive', 'error']),
        reason: z.string(),
      }),
    ),
    /** ISO 8601. */
    at: z.iso.datetime(),
  }),
})

export type CanaryRolloutStateChange = z.output<typeof schema>

export function parseCanaryRolloutStateChange(event: unknown): Parsed<CanaryRolloutStateChange> {
  return read(schema, event, CANARY_ROLLOUT_STATE_CHANGE)
}
