import { ACCOUNT, REGION } from '../account.ts'
import { DeployError, type Template } from './template.ts'

/** What other resources may refer to: `Ref` and `Fn::GetAtt`. */
export interface CreatedResource {
  readonly ref: string
  /** Strings, and lists of them. */
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface Scope {
  readonly template: Template
  readonly stackName: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly created: ReadonlyMap<string, CreatedResource>
  /** What another stack exports under a name. */
  readonly imported: (name: string) => string | undefined
}

/** Stands for `AWS::NoValue`: the property it is given to is as if it were not there. */
const NO_VALUE = Symbol('AWS::NoValue')

type Arguments = readonly unknown[]

/** Gives the value with every intrinsic function in it worked out. @throws {DeployError} */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveAny(value, scope)
  return resolved === NO_VALUE ? undefined : resolved
}

export function holds(condition: string, scope: Scope): boolean {
  const expression = scope.template.Conditions?.[condition]
  if (expression === undefined) throw new DeployError(`there is no condition ${condition}`)
  return resolve(expression, scope) === true
}

function resolveAny(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => resolveAny(one, scope)).filter((one) => one !== NO_VALUE)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [name = '', operand] = entries[0] ?? []
  if (entries.length === 1 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
    // `Condition` is also an ordinary member, of an IAM statement say, and an object then.
    if (name !== 'Condition' || typeof operand === 'string') return call(name, operand, scope)
  }
  return Object.fromEntries(
    entries
      .map(([member, one]) => [member, resolveAny(one, scope)] as const)
      .filter(([, one]) => one !== NO_VALUE),
  )
}

function call(name: string, operand: unknown, scope: Scope): unknown {
  const args = (): Arguments => resolveAny(operand, scope) as Arguments
  switch (name) {
    case 'Ref':
      return reference(String(operand), scope)
    case 'Condition':
      return holds(String(operand), scope)
    case 'Fn::GetAtt':
      return attribute(operand, scope)
    case 'Fn::Join':
      return join(args())
    case 'Fn::Split':
      return String(args()[1]).split(String(args()[0]))
    case 'Fn::Select':
      return select(args())
    case 'Fn::Sub':
      return substitute(operand, scope)
    case 'Fn::If':
      return conditional(operand as Arguments, scope)
    case 'Fn::Equals':
      return JSON.stringify(args()[0]) === JSON.stringify(args()[1])
    case 'Fn::Not':
      return args()[0] !== true
    case 'Fn::And':
      return args().every((one) => one === true)
    case 'Fn::Or':
      return args().some((one) => one === true)
    case 'Fn::FindInMap':
      return mapped(args(), scope)
    case 'Fn::Base64':
      return Buffer.from(String(resolveAny(operand, scope))).toString('base64')
    case 'Fn::ImportValue':
      return importedValue(String(resolveAny(operand, scope)), scope)
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${REGION}${zone}`)
    default:
      throw new DeployError(`local AWS does not have the function ${name}`)
  }
}

function pseudo(name: string, scope: Scope): unknown {
  switch (name) {
    case 'AWS::Region':
      return REGION
    case 'AWS::AccountId':
      return ACCOUNT
    case 'AWS::Partition':
      return 'aws'
    case 'AWS::URLSuffix':
      return 'amazonaws.com'
    case 'AWS::StackName':
      return scope.stackName
    case 'AWS::StackId':
      return stackId(scope.stackName)
    case 'AWS::NoValue':
      return NO_VALUE
    default:
      return undefined
  }
}

export const stackId = (stackName: string): string =>
  `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/local`

function reference(name: string, scope: Scope): unknown {
  const value = pseudo(name, scope) ?? scope.parameters[name] ?? scope.created.get(name)?.ref
  if (value !== undefined) return value
  throw new DeployError(`{"Ref": "${name}"} names no parameter and no resource created before it`)
}

function attribute(operand: unknown, scope: Scope): unknown {
  const [name = '', ...path] =
    typeof operand === 'string' ? operand.split('.') : (operand as readonly string[])
  const member = path.join('.')
  const created = scope.created.get(name)
  const value = created?.attributes[member]
  if (value !== undefined) return value
  throw new DeployError(
    created
      ? `local AWS does not have the attribute ${member} of ${name}; it has ${Object.keys(created.attributes).join(', ') || 'none'}`
      : `{"Fn::GetAtt": "${name}.${member}"} names no resource created before it`,
  )
}

const join = ([separator, parts]: Arguments): string =>
  (parts as Arguments).map(String).join(String(separator))

function select([index, list]: Arguments): unknown {
  const chosen = (list as Arguments)[Number(index)]
  if (chosen !== undefined) return chosen
  throw new DeployError(`Fn::Select has no element ${index} in ${JSON.stringify(list)}`)
}

function mapped([map, top, second]: Arguments, scope: Scope): unknown {
  const maps = scope.template.Mappings as
    | Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
    | undefined
  const found = maps?.[String(map)]?.[String(top)]?.[String(second)]
  if (found !== undefined) return found
  throw new DeployError(`Fn::FindInMap finds no ${map}.${top}.${second}`)
}

function importedValue(name: string, scope: Scope): string {
  const value = scope.imported(name)
  if (value !== undefined) return value
  throw new DeployError(
    `{"Fn::ImportValue": "${name}"}: no stack exports it; deploy that one first`,
  )
}

function substitute(operand: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(operand) ? operand : [operand, {}]
  const own = resolveAny(variables, scope) as Readonly<Record<string, unknown>>
  return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (Object.hasOwn(own, name)) return String(own[name])
    return String(name.includes('.') ? attribute(name, scope) : reference(name, scope))
  })
}

function conditional([condition, whenTrue, whenFalse]: Arguments, scope: Scope): unknown {
  return resolveAny(holds(String(condition), scope) ? whenTrue : whenFalse, scope)
}
