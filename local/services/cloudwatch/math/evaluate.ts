import { AwsError } from '../../../wire/service.ts'
import type { Expression } from './parse.ts'

/** Values by the start of their period, milliseconds since the epoch. */
export type Series = ReadonlyMap<number, number>
type Value = number | Series

/** What an expression is evaluated over. */
export interface Scope {
  /** `undefined` where nothing has that id. */
  readonly seriesOf: (id: string) => Series | undefined
  /** Starts of the periods that were asked for: where FILL may put a value. */
  readonly periods: readonly number[]
}

const flag = (truth: boolean): number => (truth ? 1 : 0)

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => flag(a === b),
  '!=': (a, b) => flag(a !== b),
  '<': (a, b) => flag(a < b),
  '>': (a, b) => flag(a > b),
  '<=': (a, b) => flag(a <= b),
  '>=': (a, b) => flag(a >= b),
  '&&': (a, b) => flag(a !== 0 && b !== 0),
  '||': (a, b) => flag(a !== 0 || b !== 0),
}

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  negate: (value) => -value,
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
}

/** Of a series the number, the same at all times; of several numbers none: CloudWatch wants `[m1, m2]` for these. */
const OVER: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
}

/** @throws {AwsError} naming what local AWS does not have. */
export function evaluate(expression: Expression, scope: Scope): Value {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'series') {
    const series = scope.seriesOf(expression.id)
    if (series) return series
    throw new AwsError(
      'ValidationError',
      `The expression names ${expression.id}, which no query is`,
    )
  }
  if (expression.kind === 'list') {
    throw new AwsError('ValidationError', 'local AWS has lists in SUM, AVG, MIN and MAX alone')
  }
  const { name, given } = expression
  const [list] = given
  if (list?.kind === 'list' && given.length === 1) return across(name, list.members, scope)
  if (name === 'FILL') return filled(given, scope)
  if (name === 'IF') return chosen(given.map((one) => evaluate(one, scope)))
  const values = given.map((one) => evaluate(one, scope))
  const [a, b] = values
  const [unary, binary, over] = [own(UNARY, name), own(BINARY, name), own(OVER, name)]
  if (unary && a !== undefined && values.length === 1) return mapped([a], ([x = 0]) => unary(x))
  if (binary && a !== undefined && b !== undefined) {
    return mapped([a, b], ([x = 0, y = 0]) => binary(x, y))
  }
  if (over && typeof a === 'object' && values.length === 1) return over([...a.values()])
  throw new AwsError(
    'ValidationError',
    `local AWS does not have ${name} with ${values.length} of these: it has arithmetic, comparisons, ${[...Object.keys(UNARY).slice(1), ...Object.keys(OVER), 'FILL', 'IF'].join(', ')}`,
  )
}

/** One series out of several: at each time of those that have a value then. */
function across(name: string, members: readonly Expression[], scope: Scope): Series {
  const over = own(OVER, name)
  if (!over) throw new AwsError('ValidationError', `local AWS does not have ${name} of a list`)
  const series = members.map((one) => evaluate(one, scope))
  const times = new Set(series.flatMap((one) => (typeof one === 'object' ? [...one.keys()] : [])))
  return new Map(
    [...times].map((at) => {
      const here = series.map((one) => (typeof one === 'object' ? one.get(at) : one))
      return [at, over(here.filter((value) => value !== undefined))] as const
    }),
  )
}

const own = <Of>(table: Readonly<Record<string, Of>>, name: string): Of | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Where a series has no value the result has none; a number stands at all times. Nor has it one that is no number. */
function mapped(values: readonly Value[], combine: (at: readonly number[]) => number): Value {
  const series = values.filter((value) => typeof value === 'object')
  const [first] = series
  if (!first) return combine(values.filter((value) => typeof value === 'number'))
  const result = new Map<number, number>()
  for (const at of first.keys()) {
    const here = values.map((value) => (typeof value === 'object' ? value.get(at) : value))
    const numbers = here.filter((value) => value !== undefined)
    const value = numbers.length === here.length ? combine(numbers) : Number.NaN
    if (Number.isFinite(value)) result.set(at, value)
  }
  return result
}

/** FILL(series, number | REPEAT). REPEAT knows nothing to repeat before the first value. */
function filled([of, by]: readonly Expression[], scope: Scope): Series {
  const series = of && evaluate(of, scope)
  if (typeof series !== 'object' || !by) {
    throw new AwsError('ValidationError', 'FILL takes a series, and a number or REPEAT')
  }
  const repeats = by.kind === 'series' && by.id === 'REPEAT'
  const number = repeats ? undefined : evaluate(by, scope)
  if (typeof number === 'object') {
    throw new AwsError('ValidationError', 'local AWS fills with a number or REPEAT')
  }
  const result = new Map<number, number>()
  let last: number | undefined
  for (const at of scope.periods) {
    last = series.get(at) ?? (repeats ? last : number)
    if (last !== undefined) result.set(at, last)
  }
  return result
}

/** IF(condition, then, else). */
function chosen([condition, yes, no]: readonly Value[]): Value {
  if (condition === undefined || yes === undefined || no === undefined) {
    throw new AwsError('ValidationError', 'local AWS has IF with a condition and two values')
  }
  return mapped([condition, yes, no], ([when = 0, then = 0, otherwise = 0]) =>
    when === 0 ? otherwise : then,
  )
}
