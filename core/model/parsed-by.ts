import * as z from './zod.ts'

/** What is to be done about a key that nobody knows. */
export const NO_FIELD = 'is no field of a definition; remove it or correct its name'

/**
 * Parses by the schema that a value's own form chooses: a name, a list, an object. Its issues are told as they are,
 * where a union would only say that nothing fits.
 */
export function parsedBy<Output>(
  schemaOf: (value: unknown) => z.ZodMiniType<Output>,
): z.ZodMiniType<Output, unknown> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): Output => {
      const parsed = schemaOf(value).safeParse(value, { reportInput: true })
      if (parsed.success) return parsed.data
      context.issues.push(...parsed.error.issues.flatMap(forwarded))
      return z.NEVER
    }),
  )
}

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** Keys that nobody knows do not end the parsing of their own; here they do, for there is no value then. */
function forwarded(issue: Issue): RawIssue[] {
  const path: PropertyKey[] = [...issue.path]
  const custom = (at: PropertyKey[], input: unknown, message: string): RawIssue => ({
    code: 'custom',
    path: at,
    input,
    message,
  })
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => custom([...path, key], undefined, NO_FIELD))
  }
  const { input } = issue
  return [
    issue.code === 'invalid_union' ? { ...issue, path, input } : custom(path, input, issue.message),
  ]
}
