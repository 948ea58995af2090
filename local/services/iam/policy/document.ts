import { type Condition, literal, parseConditions } from './condition.ts'
import { PolicyError } from './policy-error.ts'

/** Patterns of which one has to match, or, negated (`NotAction`, `NotResource`), none may. */
export interface Patterns {
  readonly patterns: readonly string[]
  readonly negated: boolean
}

/** Whom a statement of a resource's policy speaks of. */
export interface Principals {
  /** ARNs, account ids or `*`. */
  readonly aws: readonly string[]
  /** `events.amazonaws.com` */
  readonly services: readonly string[]
}

export interface Statement {
  /** The policy and the place in it, for messages and to tell one grant from another. */
  readonly place: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: Patterns
  /** Without, of whatever resource the policy is on. */
  readonly resources: Patterns | undefined
  /** Without, of the role that the policy is on. */
  readonly principals: Principals | undefined
  readonly conditions: readonly Condition[]
}

export type Document = readonly Statement[]

const MEMBERS = new Set(
  'Sid Effect Action NotAction Resource NotResource Principal Condition'.split(' '),
)

/**
 * @param given as JSON text or as what that says.
 * @param source names the policy in messages.
 * @throws {PolicyError} naming what local AWS cannot evaluate.
 */
export function parseDocument(given: unknown, source: string): Document {
  const document = (typeof given === 'string' ? fromJson(given, source) : given) as {
    readonly Statement?: unknown
  }
  const statements = [document?.Statement ?? []].flat()
  return statements.map((one, index) => parseStatement(one, `${source}[${index}]`))
}

function fromJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new PolicyError(`${source}: the policy is no JSON: ${(error as Error).message}`)
  }
}

type Given = Readonly<Record<string, unknown>>

function parseStatement(given: unknown, place: string): Statement {
  if (typeof given !== 'object' || given === null) {
    throw new PolicyError(`${place} is ${JSON.stringify(given)}; a statement is an object`)
  }
  const statement = given as Given
  const foreign = Object.keys(statement).find((member) => !MEMBERS.has(member))
  if (foreign) throw new PolicyError(`${place}: local AWS does not evaluate ${foreign}`)
  const effect = statement.Effect
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new PolicyError(`${place}: Effect is ${JSON.stringify(effect)}; it is Allow or Deny`)
  }
  const actions = parsePatterns(statement, 'Action', place)
  if (!actions) throw new PolicyError(`${place} has neither Action nor NotAction`)
  return {
    place,
    effect,
    actions,
    resources: parsePatterns(statement, 'Resource', place),
    principals: parsePrincipals(statement.Principal, place),
    conditions: parseConditions(statement.Condition, place),
  }
}

function parsePatterns(statement: Given, member: string, place: string): Patterns | undefined {
  const negated = statement[`Not${member}`] !== undefined
  const given = negated ? statement[`Not${member}`] : statement[member]
  if (given === undefined) return undefined
  const patterns = [given].flat().map((one) => literal(one, `${place} ${member}`))
  return { patterns, negated }
}

function parsePrincipals(given: unknown, place: string): Principals | undefined {
  if (given === undefined) return undefined
  if (given === '*') return { aws: ['*'], services: [] }
  const { AWS: aws = [], Service: services = [], ...others } = given as Given
  const foreign = Object.keys(others)[0]
  if (foreign) {
    throw new PolicyError(`${place}: local AWS does not evaluate principals of kind ${foreign}`)
  }
  return { aws: [aws].flat().map(String), services: [services].flat().map(String) }
}
