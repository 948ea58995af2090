import { duration } from '../duration.ts'
import * as z from '../zod.ts'

export const nonEmpty = z.string().check(z.minLength(1, 'is empty'))

export const checkName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,40}$/, 'use 1 to 40 letters, digits, "-" or "_"'))

/**
 * What a check's verdict does to the decision.
 *
 * - `required`: a `fail` fails back, and no step is passed without its `pass`.
 * - `veto`: a `fail` fails back; without a clear answer it holds nobody up.
 * - `advisory`: it is looked at and told, and decides nothing.
 */
export const EFFECTS = ['required', 'veto', 'advisory'] as const

/** What every check has beside its name and its own fields. */
export const commonFields = {
  effect: z._default(z.enum(EFFECTS), 'required'),
  /** How often it is run; at every look unless told. Its verdict stands meanwhile, within one step only. */
  interval: z.optional(duration({ min: 1, max: 3_600 })),
}

/** ARN of a Lambda function, with a version or alias if need be. Grants name it, so no short names. */
export const functionArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$/,
      'use an ARN such as arn:aws:lambda:REGION:ACCOUNT:function:NAME',
    ),
  )

const MOST_INPUT_BYTES = 4_096

/** JSON that a function gets as it stands. */
export const functionInput = z.record(z.string(), z.json()).check(
  z.refine((value) => JSON.stringify(value).length <= MOST_INPUT_BYTES, {
    message: `is longer than ${MOST_INPUT_BYTES} characters of JSON; give the function a reference instead`,
  }),
)
