import { createRequire } from 'node:module'

type Value = Readonly<Record<string, unknown>>

/** What dynalite's parsers are told of a request beside the text of its expression. */
interface Context {
  readonly attrNames?: Readonly<Record<string, string>> | undefined
  readonly attrVals?: Readonly<Record<string, Value>> | undefined
  /** Parsing takes out of these two what the expression uses. */
  readonly unusedAttrNames: Record<string, true>
  readonly unusedAttrVals: Record<string, true>
}

interface Parser {
  /** @returns a tree with the values in it, or in words why there is none. */
  parse(text: string, options: { readonly context: Context }): object | string
}

interface Parsed {
  /** With the names of values in place of them. */
  readonly tree: unknown
  readonly names: readonly string[]
  readonly values: readonly string[]
}

/** Stands in a tree where a request's value belongs. */
class ValueNamed {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Many times what the functions ask. */
const MOST_KEPT = 2_000

/** Whether these are sound depends on the values themselves, that of all others only on their types. */
const BY_VALUE = /between|attribute_type/i

const require = createRequire(import.meta.url)

/**
 * Lets dynalite's parsers remember what they parsed: parsing its condition was most of what a write cost, and the same
 * few come again and again with other values. What they refuse they parse again each time.
 */
export function rememberExpressions(): void {
  for (const name of ['conditionParser', 'updateParser']) {
    const parser: Parser = require(`dynalite/db/${name}`)
    parser.parse = remembering(parser.parse)
  }
}

function remembering(parse: Parser['parse']): Parser['parse'] {
  const kept = new Map<string, Parsed>()
  return (text, options) => {
    if (BY_VALUE.test(text)) return parse(text, options)
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context
    const types = Object.entries(attrVals).map(([name, value]) => [name, ...Object.keys(value)])
    const key = JSON.stringify([text, attrNames, types])
    const known = kept.get(key)
    if (known) {
      for (const name of known.names) delete unusedAttrNames[name]
      for (const name of known.values) delete unusedAttrVals[name]
      return withValues(known.tree, attrVals) as object
    }
    const [names, values] = [Object.keys(unusedAttrNames), Object.keys(unusedAttrVals)]
    const tree = parse(text, options)
    if (typeof tree === 'string') return tree
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(key, {
      tree: withoutValues(tree, namesOf(attrVals)),
      names: names.filter((name) => !(name in unusedAttrNames)),
      values: values.filter((name) => !(name in unusedAttrVals)),
    })
    return tree
  }
}

const namesOf = (values: Readonly<Record<string, Value>>): ReadonlyMap<unknown, string> =>
  new Map(Object.entries(values).map(([name, value]) => [value, name]))

function withoutValues(tree: unknown, names: ReadonlyMap<unknown, string>): unknown {
  const name = names.get(tree)
  return name === undefined
    ? copied(tree, (inner) => withoutValues(inner, names))
    : new ValueNamed(name)
}

/** A tree of the request's own: who evaluates an update writes into it. */
function withValues(tree: unknown, values: Readonly<Record<string, Value>>): unknown {
  return tree instanceof ValueNamed
    ? values[tree.name]
    : copied(tree, (inner) => withValues(inner, values))
}

function copied(node: unknown, copy: (inner: unknown) => unknown): unknown {
  if (Array.isArray(node)) return node.map(copy)
  // Without a prototype are sets of names, which are only read.
  if (typeof node !== 'object' || node === null || Object.getPrototypeOf(node) === null) return node
  return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, copy(inner)]))
}
