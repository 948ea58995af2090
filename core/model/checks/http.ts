import { duration, latency } from '../duration.ts'
import * as z from '../zod.ts'
import { checkName, commonFields } from './fields.ts'

const url = z
  .string()
  .check(
    z.regex(/^https?:\/\/[^\s/]+\S*$/, 'use a URL such as https://green.example.com/health'),
    z.maxLength(2_048),
  )

const status = z.union([
  z.int().check(z.gte(100), z.lte(599)),
  z
    .string()
    .check(
      z.regex(/^[1-5]\d\d-[1-5]\d\d$/, 'use a status such as 204, or a range such as "200-299"'),
    ),
])

/** Requests to the candidate, made by the function that assesses: it must be able to reach the URL. */
export const httpCheck = z.strictObject({
  type: z.literal('http'),
  name: z._default(checkName, 'http'),
  ...commonFields,
  /** One for both slots, with `${slot}` or `${service}` in it, or one a slot. */
  url: z.union([url, z.strictObject({ blue: url, green: url })]),
  method: z._default(z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']), 'GET'),
  /** Readable by whoever reads the table: no place for secrets. */
  headers: z._default(
    z
      .record(
        z.string().check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'is no name of a header')),
        z.string().check(z.regex(/^[\t\x20-\x7e]{0,1000}$/, 'is no value of a header')),
      )
      .check(
        z.refine((value) => Object.keys(value).length <= 20, {
          message: 'has more than 20 headers',
        }),
      ),
    {},
  ),
  body: z.optional(z.string().check(z.maxLength(4_096))),
  expect: z.prefault(
    z.strictObject({
      status: z._default(z.array(status).check(z.minLength(1, 'name at least one status')), [
        '200-299',
      ]),
      /** A text that the first 64 KB of the answer's body must contain. */
      body: z.optional(z.string().check(z.minLength(1, 'is empty'), z.maxLength(1_000))),
      /** Longest time until the answer's body has come. */
      latency: z.optional(latency()),
    }),
    {},
  ),
  /** Requests at each look, one after the other. */
  samples: z._default(z.int().check(z.gte(1), z.lte(20)), 3),
  /** Of these, how many may fail. */
  maxFailures: z._default(z.int().check(z.gte(0)), 0),
  /** Longest time to wait for one answer. */
  timeout: z.prefault(duration({ min: 1, max: 10 }), '2s'),
})
