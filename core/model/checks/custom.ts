import { duration } from '../duration.ts'
import * as z from '../zod.ts'
import { checkName, commonFields, functionArn, functionInput } from './fields.ts'

/** A Lambda function's own opinion. */
export const customCheck = z.strictObject({
  type: z.literal('custom'),
  name: checkName,
  ...commonFields,
  function: functionArn,
  /** Handed to the function as it stands. */
  input: z._default(functionInput, {}),
  /** Longest time to wait for one answer. */
  timeout: z.prefault(duration({ min: 1, max: 10 }), '5s'),
  /** How long it may stay `in-progress`; then it counts as an error. */
  deadline: z.prefault(duration({ min: 1, max: 86_400 }), '30m'),
  /** What a function makes of the check that throws, answers nonsense or does not answer in time. */
  onError: z._default(z.enum(['error', 'fail']), 'error'),
})
