/** Something that the person who called can mend: told in one line, exit code 2, no stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
