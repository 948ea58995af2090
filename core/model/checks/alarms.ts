import * as z from '../zod.ts'
import { checkName, commonFields, nonEmpty } from './fields.ts'

/** CloudWatch alarms, metric and composite ones, by name. */
export const alarmsCheck = z.strictObject({
  type: z.literal('alarms'),
  name: z._default(checkName, 'alarms'),
  ...commonFields,
  alarms: z
    .array(nonEmpty.check(z.maxLength(255)))
    .check(z.minLength(1, 'name at least one alarm'), z.maxLength(100)),
  /**
   * What an alarm does that fires before the rollout has begun: `refuse` the rollout, or `ignore` it until it has
   * been OK again.
   */
  alreadyFiring: z._default(z.enum(['refuse', 'ignore']), 'refuse'),
})
