import * as z from '../zod.ts'
import { checkName, commonFields } from './fields.ts'

const tasks = z.int().check(z.gte(0), z.lte(1_000))

/** The candidate's service: does it run its tasks, and do they stay alive? */
export const ecsCheck = z.strictObject({
  type: z.literal('ecs'),
  name: z._default(checkName, 'ecs'),
  ...commonFields,
  /** Tasks of the candidate that may die during the rollout before it counts as a crash loop, failed starts included. */
  maxStoppedTasks: z._default(tasks, 0),
  /** Of these, tasks that may fail to start; as many as may die, unless told. */
  maxStartFailures: z.optional(tasks),
})
