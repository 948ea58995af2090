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
    what: z.enum(['started', 'shifted', 'held', 'promoted', 'failed-back']),
    /** The candidate's share in percent. */
    weight: z.number().check(z.gte(0), z.lte(100)),
    reason: z.string(),
  }),
})

export type CanaryRolloutStateChange = z.output<typeof schema>

export function parseCanaryRolloutStateChange(event: unknown): Parsed<CanaryRolloutStateChange> {
  return read(schema, event, CANARY_ROLLOUT_STATE_CHANGE)
}
