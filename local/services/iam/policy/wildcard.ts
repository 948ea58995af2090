const compiled = new Map<string, RegExp>()

const expression = (pattern: string): RegExp => {
  const known = compiled.get(pattern)
  if (known) return known
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const made = new RegExp(`^${source}$`, 's')
  compiled.set(pattern, made)
  return made
}

/** `*` stands for any number of characters, `?` for one; everything else for itself, in upper and lower case. */
export const matchesWildcard = (pattern: string, text: string): boolean =>
  expression(pattern).test(text)

/** The five parts before the resource, and the resource, in which colons are ordinary characters. */
const segments = (arn: string): readonly string[] => {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/**
 * Compares ARNs part by part: a wildcard does not reach over a colon, except in the resource itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true
  const given = segments(arn)
  return segments(pattern).every((part, index) => matchesWildcard(part, given[index] ?? ''))
}
