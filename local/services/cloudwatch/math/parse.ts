import { AwsError } from '../../../wire/service.ts'
import { type Token, tokensOf } from './tokens.ts'

/** An expression as a tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** A metric's or another expression's id. */
  | { readonly kind: 'series'; readonly id: string }
  /** Several series side by side, which only SUM and the like take. */
  | { readonly kind: 'list'; readonly members: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }

/** Operators by how tightly they bind, the loosest first. `^` is right-associative and apart. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
]

/** @throws {AwsError} where it is no expression of CloudWatch's metric math, as far as local AWS has it. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text)
  let next = 0
  const fail = (what: string): never => {
    throw new AwsError('ValidationError', `Error in expression "${text}": ${what}`)
  }
  const peek = (): Token | undefined => tokens[next]
  const sign = (...values: readonly string[]): string | undefined => {
    const token = peek()
    if (token?.kind !== 'sign' || !values.includes(token.value)) return undefined
    next += 1
    return token.value
  }
  const expect = (value: string) => sign(value) ?? fail(`"${value}" is missing`)

  const binary = (level: number): Expression => {
    const operators = LEVELS[level]
    if (!operators) return unary()
    let left = binary(level + 1)
    for (let name = sign(...operators); name !== undefined; name = sign(...operators)) {
      left = { kind: 'call', name, given: [left, binary(level + 1)] }
    }
    return left
  }
  const unary = (): Expression =>
    sign('-') === undefined ? power() : { kind: 'call', name: 'negate', given: [unary()] }
  const power = (): Expression => {
    const base = primary()
    return sign('^') === undefined ? base : { kind: 'call', name: '^', given: [base, unary()] }
  }
  const primary = (): Expression => {
    const token = peek()
    if (token?.kind === 'number') {
      next += 1
      return token
    }
    if (token?.kind === 'name') {
      next += 1
      return sign('(') === undefined
        ? { kind: 'series', id: token.value }
        : { kind: 'call', name: token.value, given: rest() }
    }
    if (sign('[')) return { kind: 'list', members: rest(']') }
    expect('(')
    const inner = binary(0)
    expect(')')
    return inner
  }
  const rest = (end = ')'): Expression[] => {
    const given = [binary(0)]
    while (sign(',')) given.push(binary(0))
    expect(end)
    return given
  }

  const whole = binary(0)
  return next < tokens.length ? fail(`"${peek()?.value}" is one too many`) : whole
}
