import * as z from '../zod.ts'
import { checkName, commonFields } from './fields.ts'

/** The candidate's target group: are enough of its targets healthy? */
export const targetsCheck = z.strictObject({
  type: z.literal('targets'),
  name: z._default(checkName, 'targets'),
  ...commonFields,
  /** Share of the candidate's targets that must be healthy, in percent. */
  minHealthy: z._default(z.number().check(z.gt(0), z.lte(100)), 100),
})
