/**
 * EventBridge's pattern language, as a pure function.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * A pattern names fields; each named field must match one of the listed values or matchers, `$or` lists
 * alternatives. Fields that the pattern does not name are of no concern. An array in the event matches if one
 * of its members does. Not supported, and refused: `cidr`.
 */
export type Pattern = { readonly [field: string]: unknown }

export class PatternError extends Error {
  override readonly name = 'InvalidEventPatternException'
}

/** @throws {PatternError} that names the field, the value and what may stand there. */
export function parsePattern(text: string): Pattern {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new PatternError(
      `Event pattern is not valid. Reason: not JSON: ${(error as Error).message}`,
    )
  }
  if (!isObject(parsed) || Object.keys(parsed).length === 0) {
    throw new PatternError('Event pattern is not valid. Reason: must be an object with a field')
  }
  validate(parsed, '')
  return parsed
}

export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as Pattern[]).some((one) => matches(one, event))
    const value = isObject(event) ? event[field] : undefined
    if (!Array.isArray(wanted)) return matchesWithin(wanted as Pattern, value)
    const leaves = leavesOf(value)
    // Without a leaf there is still `exists: false` to match.
    return leaves.length === 0
      ? matchesOne(wanted, undefined)
      : leaves.some((leaf) => matchesOne(wanted, leaf))
  })
}

/** The values that a field has itself: an array has its members', an object has none. */
const leavesOf = (value: unknown): readonly unknown[] => {
  const values = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]
  return values.filter((one) => one !== undefined && !isObject(one))
}

/** Under an array of objects, one of them has to match the whole of the nested pattern. */
const matchesWithin = (pattern: Pattern, value: unknown): boolean =>
  Array.isArray(value)
    ? value.some((one) => matches(pattern, one))
    : matches(pattern, isObject(value) ? value : {})

const matchesOne = (wanted: readonly unknown[], value: unknown): boolean =>
  wanted.some((one) => (isObject(one) ? matchesMatcher(one, value) : one === value))

function matchesMatcher(matcher: Pattern, value: unknown): boolean {
  const [kind, operand] = Object.entries(matcher)[0] ?? []
  if (kind === 'exists') return (value !== undefined) === operand
  if (value === undefined) return false
  if (kind === 'anything-but') return isScalar(value) && !matchesExcluded(operand, value)
  if (kind === 'numeric') return typeof value === 'number' && matchesNumeric(operand, value)
  return typeof value === 'string' && matchesText(kind ?? '', operand, value)
}

function matchesExcluded(operand: unknown, value: unknown): boolean {
  if (!isObject(operand)) return list(operand).includes(value)
  const [kind, excluded] = Object.entries(operand)[0] ?? []
  return (
    typeof value === 'string' && list(excluded).some((one) => matchesText(kind ?? '', one, value))
  )
}

function matchesText(kind: string, operand: unknown, value: string): boolean {
  if (isObject(operand)) {
    const ignored = String(operand['equals-ignore-case']).toLowerCase()
    return matchesText(kind, ignored, value.toLowerCase())
  }
  const text = String(operand)
  switch (kind) {
    case 'prefix':
      return value.startsWith(text)
    case 'suffix':
      return value.endsWith(text)
    case 'equals-ignore-case':
      return value.toLowerCase() === text.toLowerCase()
    default:
      return wildcard(text).test(value)
  }
}

/** `*` stands for any number of characters, `\*` for a star and `\\` for a backslash. */
function wildcard(text: string): RegExp {
  const parts = [...text.matchAll(/\\([*\\])|(\*)|([^*\\]+|\\)/g)]
  const source = parts.map(([, escaped, star, plain]) =>
    star ? '.*' : (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`, 's')
}

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

function matchesNumeric(operand: unknown, value: number): boolean {
  const terms = list(operand)
  return terms.every(
    (term, index) =>
      index % 2 === 1 || COMPARE[String(term)]?.(value, Number(terms[index + 1])) === true,
  )
}

function validate(pattern: Pattern, path: string): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    const at = path === '' ? field : `${path}.${field}`
    if (field === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2 || !wanted.every(isObject)) {
        refuse(at, wanted, 'a list of at least two patterns')
      }
      for (const one of wanted as Pattern[]) validate(one, path)
    } else if (isObject(wanted)) {
      if (Object.keys(wanted).length === 0) refuse(at, wanted, 'at least one field')
      validate(wanted, at)
    } else if (Array.isArray(wanted) && wanted.length > 0) {
      for (const one of wanted) validateValue(one, at)
    } else {
      refuse(at, wanted, 'a list of at least one value or matcher, or an object')
    }
  }
}

function validateValue(value: unknown, at: string): void {
  if (isScalar(value)) return
  if (!isObject(value) || Object.keys(value).length !== 1) {
    refuse(at, value, 'a string, number, boolean, null or one matcher')
  }
  const [kind = '', operand] = Object.entries(value)[0] ?? []
  if (!validOperand(kind, operand)) {
    refuse(
      at,
      value,
      'prefix, suffix, equals-ignore-case, wildcard, anything-but, exists or numeric with a value of its kind',
    )
  }
}

function validOperand(kind: string, operand: unknown): boolean {
  switch (kind) {
    case 'exists':
      return typeof operand === 'boolean'
    case 'equals-ignore-case':
    case 'wildcard':
      return typeof operand === 'string'
    case 'prefix':
    case 'suffix':
      return typeof operand === 'string' || isIgnoringCase(operand)
    case 'numeric':
      return validNumeric(operand)
    case 'anything-but':
      return validExclusion(operand)
    default:
      return false
  }
}

const isIgnoringCase = (operand: unknown): boolean =>
  isObject(operand) &&
  Object.keys(operand).length === 1 &&
  typeof operand['equals-ignore-case'] === 'string'

const validNumeric = (operand: unknown): boolean =>
  Array.isArray(operand) &&
  (operand.length === 2 || operand.length === 4) &&
  operand.every((term, index) =>
    index % 2 === 0 ? Object.hasOwn(COMPARE, String(term)) : typeof term === 'number',
  )

function validExclusion(operand: unknown): boolean {
  if (!isObject(operand)) {
    const terms = list(operand)
    return (
      terms.length > 0 && terms.every((one) => typeof one === 'string' || typeof one === 'number')
    )
  }
  const [kind = '', excluded] = Object.entries(operand)[0] ?? []
  return (
    Object.keys(operand).length === 1 &&
    ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(kind) &&
    list(excluded).every((one) => typeof one === 'string')
  )
}

function refuse(at: string, value: unknown, wanted: string): never {
  throw new PatternError(
    `Event pattern is not valid. Reason: ${at} is ${JSON.stringify(value)}; it must be ${wanted}`,
  )
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const isScalar = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

function isObject(value: unknown): value is Pattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
