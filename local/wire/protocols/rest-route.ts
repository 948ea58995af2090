import { MalformedInput } from '../input-check.ts'
import type { OperationShape } from '../schema.ts'

interface Route {
  readonly operation: OperationShape
  readonly method: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly query: URLSearchParams
  /** Characters that are not labels: the more of them, the more particular the route. */
  readonly literal: number
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const routeOf = (operation: OperationShape): Route | undefined => {
  if (!operation.http) return undefined
  const [method, template] = operation.http
  const [path = '', query = ''] = template.split('?')
  const names: string[] = []
  const pattern = path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return escaped(part)
      const greedy = part.endsWith('+}')
      names.push(part.slice(1, greedy ? -2 : -1))
      return greedy ? '(.+)' : '([^/]+)'
    })
    .join('')
  return {
    operation,
    method,
    pattern: new RegExp(`^${pattern}/?$`),
    names,
    query: new URLSearchParams(query),
    literal: path.replace(/\{[^}]+\}/g, '').length,
  }
}

const routesOf = new WeakMap<object, readonly Route[]>()
const routeFor = new WeakMap<OperationShape, Route | undefined>()

const cachedRoute = (operation: OperationShape): Route | undefined => {
  if (!routeFor.has(operation)) routeFor.set(operation, routeOf(operation))
  return routeFor.get(operation)
}

/** The operation that a method and a path mean, the most particular first. */
export const matchRoute = (
  operations: ReadonlyMap<string, OperationShape>,
  method: string,
  path: string,
  query: Readonly<Record<string, unknown>>,
): OperationShape | undefined => {
  let routes = routesOf.get(operations)
  if (!routes) {
    routes = [...operations.values()]
      .flatMap((operation) => cachedRoute(operation) ?? [])
      .sort((a, b) => b.query.size - a.query.size || b.literal - a.literal)
    routesOf.set(operations, routes)
  }
  return routes.find(
    (route) =>
      route.method === method &&
      route.pattern.test(path) &&
      [...route.query.keys()].every((name) => Object.hasOwn(query, name)),
  )?.operation
}

const decoded = (name: string, text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new MalformedInput(`${name} is "${text}", which is no percent-encoded text`)
  }
}

/** The values that a path gives to an operation's labels. */
export const labelsOf = (
  operation: OperationShape,
  path: string,
): Readonly<Record<string, string>> => {
  const route = cachedRoute(operation)
  const found = route?.pattern.exec(path)
  return Object.fromEntries(
    (route?.names ?? []).map((name, at) => [name, decoded(name, found?.[at + 1] ?? '')]),
  )
}
