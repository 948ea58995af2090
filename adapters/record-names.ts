/**
 * A DNS name in the one spelling that names are compared by: lower case, no trailing dot, and Route 53's octal
 * escapes (`\052` for `*`) undone.
 */
export function normalizeName(name: string): string {
  return name
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, '')
    .toLowerCase()
}

/** Names are equal or not; that one contains the other means nothing. */
export function sameName(a: string, b: string): boolean {
  return normalizeName(a) === normalizeName(b)
}
