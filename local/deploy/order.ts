import { DeployError, type Resource } from './template.ts'

/** Logical ids so that each resource comes after all that it refers to. @throws {DeployError} on a circle. */
export function dependencyOrder(resources: Readonly<Record<string, Resource>>): readonly string[] {
  const ordered: string[] = []
  const state = new Map<string, 'open' | 'done'>()

  const visit = (id: string, path: readonly string[]): void => {
    if (state.get(id) === 'done') return
    if (state.get(id) === 'open') {
      throw new DeployError(
        `resources refer to each other in a circle: ${[...path, id].join(' → ')}`,
      )
    }
    state.set(id, 'open')
    for (const other of dependencies(resources[id], resources)) visit(other, [...path, id])
    state.set(id, 'done')
    ordered.push(id)
  }

  for (const id of Object.keys(resources)) visit(id, [])
  return ordered
}

function dependencies(
  resource: Resource | undefined,
  resources: Readonly<Record<string, Resource>>,
): readonly string[] {
  const found = new Set([resource?.DependsOn ?? []].flat())
  collect(resource?.Properties, found)
  return [...found].filter((id) => Object.hasOwn(resources, id))
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, found)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [name, operand] of Object.entries(value)) {
    if (name === 'Ref') found.add(String(operand))
    if (name === 'Fn::GetAtt')
      found.add(String(Array.isArray(operand) ? operand[0] : operand).split('.')[0] ?? '')
    if (name === 'Fn::Sub') {
      const text = String(Array.isArray(operand) ? operand[0] : operand)
      for (const [, id = ''] of text.matchAll(/\$\{([^!}][^.}]*)/g)) found.add(id)
    }
    collect(operand, found)
  }
}
