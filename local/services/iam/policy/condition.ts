import { PolicyError } from './policy-error.ts'
import { matchesArn, matchesWildcard } from './wildcard.ts'

/** What is known of a request beside who asks for what: keys in lower case, each with one or several values. */
export type Context = ReadonlyMap<string, readonly string[]>

export interface Condition {
  readonly operator: string
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly ifExists: boolean
  /** In lower case: condition keys are the same in any. */
  readonly key: string
  readonly values: readonly string[]
}

type Compare = (wanted: string, given: string) => boolean

const equals: Compare = (wanted, given) => wanted === given
const equalsIgnoringCase: Compare = (wanted, given) => wanted.toLowerCase() === given.toLowerCase()

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: matchesWildcard,
  // The two do the same on AWS too.
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: equalsIgnoringCase,
}

const NEGATIONS: Readonly<Record<string, Compare>> = {
  StringNotEquals: equals,
  StringNotEqualsIgnoreCase: equalsIgnoringCase,
  StringNotLike: matchesWildcard,
  ArnNotEquals: matchesArn,
  ArnNotLike: matchesArn,
}

const OPERATORS = [...Object.keys(COMPARISONS), ...Object.keys(NEGATIONS), 'Null']

/** @throws {PolicyError} for an operator that is not evaluated here: it must not pass for one that holds. */
export function parseConditions(given: unknown, place: string): readonly Condition[] {
  return Object.entries(given ?? {}).flatMap(([name, keys]) => {
    const parsed = parseOperator(name, place)
    return Object.entries(keys as Readonly<Record<string, unknown>>).map(([key, values]) => ({
      ...parsed,
      key: key.toLowerCase(),
      values: [values].flat().map((value) => literal(value, `${place} ${name} ${key}`)),
    }))
  })
}

function parseOperator(name: string, place: string) {
  const [, quantifier, rest = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(name) ?? []
  const ifExists = rest.endsWith('IfExists')
  const operator = ifExists ? rest.slice(0, -'IfExists'.length) : rest
  if (!OPERATORS.includes(operator) || (operator === 'Null' && (ifExists || quantifier))) {
    throw new PolicyError(
      `${place}: local AWS does not evaluate the condition operator ${name}; it has ${OPERATORS.join(', ')}`,
    )
  }
  return { operator, ifExists, quantifier: quantifier as Condition['quantifier'] }
}

/** @throws {PolicyError} for a policy variable, which would otherwise be compared as it is written. */
export function literal(value: unknown, place: string): string {
  const text = String(value)
  if (!text.includes('${')) return text
  throw new PolicyError(`${place}: local AWS does not evaluate policy variables (${text})`)
}

/**
 * Whether a condition holds. A key that the request does not have fails every comparison but a negated one, one
 * `IfExists`, and one `ForAllValues`, of which AWS says the same.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function holds(condition: Condition, context: Context): boolean {
  const given = context.get(condition.key)
  const { operator, quantifier, values } = condition
  if (operator === 'Null') return values.includes(String(given === undefined))
  if (given === undefined) {
    return condition.ifExists || quantifier === 'ForAllValues' || isNegation(condition)
  }
  const passes = test(condition)
  if (quantifier === 'ForAllValues') return given.every(passes)
  if (quantifier === 'ForAnyValue') return given.some(passes)
  return isNegation(condition) ? given.every(passes) : given.some(passes)
}

const isNegation = ({ operator, quantifier }: Condition): boolean =>
  quantifier !== 'ForAnyValue' && Object.hasOwn(NEGATIONS, operator)

function test({ operator, values }: Condition): (given: string) => boolean {
  const excluded = NEGATIONS[operator]
  if (excluded) return (given) => !values.some((value) => excluded(value, given))
  const compare = COMPARISONS[operator] as Compare
  return (given) => values.some((value) => compare(value, given))
}
