import type { Assets } from './assets.ts'
import { holds, type Scope } from './intrinsics.ts'
import { dependencyOrder } from './order.ts'
import { findResourceType, typesHad } from './resources/index.ts'
import { DeployError, type Output, type Resource, type Template } from './template.ts'

/** What a template asks for, before anything of it is made. */
export interface Wanted {
  readonly stackName: string
  readonly assets: Assets
  /** Whose conditions hold, each after what it refers to. */
  readonly resources: readonly (readonly [logicalId: string, resource: Resource])[]
  readonly outputs: readonly (readonly [name: string, output: Output])[]
  readonly scope: Omit<Scope, 'created'>
}

/** @throws {DeployError} naming logical id and type of what local AWS does not have. */
export function readWanted(
  template: Template,
  stackName: string,
  assets: Assets,
  imported: (name: string) => string | undefined,
): Wanted {
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, parameter]) => [name, parameter.Default]),
  )
  const scope = { template, stackName, parameters, imported }
  const isWanted = ({ Condition: condition }: { readonly Condition?: string }): boolean =>
    condition === undefined || holds(condition, { ...scope, created: new Map() })
  const resources = Object.entries(template.Resources).filter(([, resource]) => isWanted(resource))
  for (const [logicalId, { Type: type }] of resources) {
    if (findResourceType(type)) continue
    throw new DeployError(`${logicalId}: local AWS does not have ${type}; it has ${typesHad()}`)
  }
  const byId = Object.fromEntries(resources)
  const ordered = dependencyOrder(byId).map(
    (logicalId) => [logicalId, byId[logicalId] as Resource] as const,
  )
  const outputs = Object.entries(template.Outputs ?? {}).filter(([, output]) => isWanted(output))
  return { stackName, assets, resources: ordered, outputs, scope }
}
