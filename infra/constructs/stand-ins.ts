import { type IResolvable, type Stack, StringConcat, Token, Tokenization } from 'aws-cdk-lib'
import { Construct } from 'constructs'

/**
 * What a value that is only known at deployment is taken for, so that the schema can look at all the rest. By the
 * key that it stands under: the schema asks for an ARN or an id there.
 */
const KINDS: Readonly<Record<string, (id: string) => string>> = {
  targetGroup: (id) => elasticLoadBalancing(`targetgroup/${id}/0`),
  loadBalancer: (id) => elasticLoadBalancing(`loadbalancer/app/${id}/0`),
  rule: (id) => elasticLoadBalancing(`listener-rule/app/${id}/0/0/0`),
  listener: (id) => elasticLoadBalancing(`listener/app/${id}/0/0`),
  hostedZone: (id) => id.toUpperCase().replaceAll('-', '0'),
  role: (id) => `arn:aws:iam::000000000000:role/${id}`,
  url: (id) => `https://${id}.example`,
  function: (id) => `arn:aws:lambda:us-east-1:000000000000:function:${id}`,
}

function elasticLoadBalancing(resource: string): string {
  return `arn:aws:elasticloadbalancing:us-east-1:000000000000:${resource}`
}

/** A value without tokens, and the way back. */
export interface StoodIn {
  readonly value: unknown
  /** Paths of what nothing can stand in for, and why, as a line of text; there is no value there. */
  readonly unknown: ReadonlyMap<string, string>
  /** Puts the tokens back, wherever in a value their stand-ins have got to. */
  restore<Value>(value: Value): Value
  /** Says in a text what the stand-ins stand for, as a template would. */
  tell(text: string): string
}

/** Equal tokens get equal stand-ins, so that what may not be the same is still seen to be. */
export function standIn(stack: Stack, original: unknown): StoodIn {
  const ids = new Map<string, string>()
  const originals = new Map<string, { readonly text: string; readonly told: string }>()
  const unknown = new Map<string, string>()

  function ofString(text: string, path: readonly string[]): string {
    const kind = KINDS[path.findLast((one) => Object.hasOwn(KINDS, one)) ?? '']
    if (kind) return ofToken(text, kind)
    // Of a name, what is known is looked at as it is, and written into grants as the service compares it.
    const mapToken = (token: IResolvable) => ofToken(Token.asString(token), (id) => id)
    return Tokenization.reverseString(text).mapTokens({ mapToken }).join(new StringConcat())
  }

  function ofToken(text: string, kind: (id: string) => string): string {
    const told = JSON.stringify(stack.resolve(text))
    const id = ids.get(told) ?? `token-${ids.size + 1}x`
    ids.set(told, id)
    const substitute = kind(id)
    originals.set(substitute, { text, told })
    return substitute
  }

  function leaveOut(path: readonly string[], told: string, why: string): undefined {
    unknown.set(path.join('.'), `${path.join('.')} (${told}): ${why}`)
  }

  function walk(value: unknown, path: readonly string[]): unknown {
    if (Construct.isConstruct(value)) {
      return leaveOut(
        path,
        value.node.path,
        'is a construct, and none is taken here; give what it is named by, as text, or a list of such',
      )
    }
    if (Array.isArray(value) && !Token.isUnresolved(value)) {
      return value.map((one, index) => walk(one, [...path, String(index)]))
    }
    if (!Token.isUnresolved(value)) {
      return isPlain(value) ? mapEntries(value, (one, key) => walk(one, [...path, key])) : value
    }
    if (typeof value === 'string') return ofString(value, path)
    const told = JSON.stringify(stack.resolve(value))
    return leaveOut(
      path,
      told,
      'is only known at deployment; give a literal value, for it is checked before',
    )
  }

  const value = walk(original, [])
  // The longest first: a name's stand-in may be a part of an ARN's.
  const substitutes = [...originals].sort(([a], [b]) => b.length - a.length)
  const replaced = (text: string, by: 'text' | 'told') =>
    substitutes.reduce((done, [substitute, one]) => done.replaceAll(substitute, one[by]), text)
  return {
    value,
    unknown,
    restore: (given) => mapStrings(given, (text) => replaced(text, 'text')),
    tell: (text) => replaced(text, 'told'),
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapEntries(
  value: Record<string, unknown>,
  map: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, map(one, key)]))
}

/** The same value, each of its strings changed. */
function mapStrings<Value>(value: Value, map: (text: string) => string): Value
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, map))
  return isPlain(value) ? mapEntries(value, (one) => mapStrings(one, map)) : value
}
