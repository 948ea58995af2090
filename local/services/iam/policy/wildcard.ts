type Matches = (text: string) => boolean

/** By pattern: those of a few policies are asked at every request. */
const texts = new Map<string, Matches>()
const arns = new Map<string, Matches>()

function remembered(
  known: Map<string, Matches>,
  pattern: string,
  compile: (pattern: string) => Matches,
): Matches {
  const found = known.get(pattern) ?? compile(pattern)
  known.set(pattern, found)
  return found
}

/** `*` stands for any number of characters, `?` for one; everything else for itself, in upper and lower case. */
export const matchesWildcard = (pattern: string, text: string): boolean =>
  remembered(texts, pattern, textPattern)(text)

/**
 * Compares ARNs part by part: a wildcard does not reach over a colon, except in the resource itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export const matchesArn = (pattern: string, arn: string): boolean =>
  remembered(arns, pattern, arnPattern)(arn)

function textPattern(pattern: string): Matches {
  if (!hasWildcard(pattern)) return (text) => text === pattern
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`, 's')
  return (text) => expression.test(text)
}

function arnPattern(pattern: string): Matches {
  if (pattern === '*') return () => true
  const parts = segments(pattern)
  if (!hasWildcard(pattern) && parts.length === 6) return (arn) => arn === pattern
  const matching = parts.map(textPattern)
  return (arn) => {
    const given = segments(arn)
    return matching.every((matches, index) => matches(given[index] ?? ''))
  }
}

const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern)

/** The five parts before the resource, and the resource, in which colons are ordinary characters. */
const segments = (arn: string): readonly string[] => {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
