import { ResourceChanges } from './change-resource.ts'
import type { DeployServices } from './resources/resource-type.ts'
import type { Change, Stacks } from './stack.ts'
import { DeployError } from './template.ts'

/**
 * Deletes a stack, dependants first, but for what its template retains.
 * @throws {DeployError} where something cannot be deleted: what is left then still stands, and a further call goes on with it.
 */
export async function removeStack(
  services: DeployServices,
  stacks: Stacks,
  name: string,
): Promise<readonly Change[]> {
  const stack = stacks.get(name)
  if (!stack) throw new DeployError(`there is no stack ${name}`)
  for (const exported of stack.exports.keys()) {
    const user = stacks.userOf(exported, name)
    if (user)
      throw new DeployError(`${user} uses the export ${exported} of ${name}: remove it first`)
  }
  const changes = new ResourceChanges(services, stacks, name)
  const resources = new Map(stack.resources)
  const told: Change[] = []
  for (const [logicalId, standing] of [...stack.resources].toReversed()) {
    const { type } = standing
    let kind: Change['kind'] = 'kept'
    if (!standing.keptOnDelete) {
      try {
        kind = await changes.delete(standing)
      } catch (error) {
        stacks.put({ ...stack, resources })
        throw new DeployError(`${(error as Error).message}\n${name} was not removed`, {
          cause: error,
        })
      }
    }
    resources.delete(logicalId)
    told.push({ logicalId, type, kind })
  }
  stacks.remove(name)
  return told
}
