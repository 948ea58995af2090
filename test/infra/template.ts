import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { STACK_NAME } from '../../infra/stack-name.ts'

export interface Resource {
  readonly Type: string
  // What a template says is looked at by its paths in the tests.
  readonly Properties: Record<string, unknown>
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
  readonly DependsOn?: readonly string[]
}

export interface Statement {
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: Record<string, unknown>
}

/** The assembly that `npm run synth` made for this run of the tests. */
export const ASSEMBLY = inject('template')

export type Resources = Readonly<Record<string, Resource>>

/** What a stack of the assembly consists of. */
export function resourcesOfStack(stack: string): Resources {
  return JSON.parse(readFileSync(join(ASSEMBLY, `${stack}.template.json`), 'utf8')).Resources
}

/** The assembly's stacks. */
export const STACKS = readdirSync(ASSEMBLY)
  .filter((file) => file.endsWith('.template.json'))
  .map((file) => file.replace('.template.json', ''))

const controller = resourcesOfStack(STACK_NAME)

/** Resources of a type: of the controller's stack, unless told. */
export function resourcesOf(
  type: string,
  resources: Resources = controller,
): readonly (readonly [string, Resource])[] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type)
}

/** The one resource of a type. */
export function onlyResource(type: string): Resource {
  const [first, ...others] = resourcesOf(type)
  if (!first || others.length > 0) throw new Error(`the template has not exactly one ${type}`)
  return first[1]
}

/** What stands at a path of names and indexes; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let present = value
  for (const key of path) {
    if (typeof present !== 'object' || present === null) return undefined
    present = Reflect.get(present, key)
  }
  return present
}

/** All statements of identity policies, with the logical id of their policy or, where they stand in it, their role. */
export function statements(
  resources: Resources = controller,
): readonly (readonly [string, Statement])[] {
  const own = resourcesOf('AWS::IAM::Policy', resources).map(
    ([id, { Properties }]) => [id, Properties.PolicyDocument] as const,
  )
  const inline = resourcesOf('AWS::IAM::Role', resources).flatMap(([id, { Properties }]) =>
    ((Properties.Policies ?? []) as { PolicyDocument: unknown }[]).map(
      ({ PolicyDocument }) => [id, PolicyDocument] as const,
    ),
  )
  return [...own, ...inline].flatMap(([id, document]) =>
    (at(document, 'Statement') as Statement[]).map((statement) => [id, statement] as const),
  )
}

export function actionsOf({ Action }: Statement): readonly string[] {
  return typeof Action === 'string' ? [Action] : Action
}

/** The logical id that `Fn::GetAtt` or `Ref` points at. */
export function target(reference: unknown): unknown {
  return at(reference, 'Fn::GetAtt', 0) ?? at(reference, 'Ref')
}
