import { type Aim, ResourceChanges, type Step } from './change-resource.ts'
import { resolve, type Scope } from './intrinsics.ts'
import type { DeployServices, Standing } from './resources/resource-type.ts'
import { type RolledBack, rollBack } from './roll-back.ts'
import type { Change, Stack, Stacks } from './stack.ts'
import { DeployError, type Resource } from './template.ts'
import type { Wanted } from './wanted.ts'

export interface Changed {
  readonly changes: readonly Change[]
  /** What the stack no longer has but could not be deleted, with the reason; CloudFormation leaves it too. */
  readonly leftBehind: readonly string[]
}

/**
 * Brings a stack to what a template wants: makes and changes what differs, in order of dependency, then deletes what
 * is no longer wanted. Whatever fails before that end, everything goes back to what stood.
 * @throws {DeployError} with the reason, and what became of the stack.
 */
export async function changeStack(
  services: DeployServices,
  stacks: Stacks,
  wanted: Wanted,
): Promise<Changed> {
  const { stackName } = wanted
  const before = stacks.get(stackName)
  const formerly = before?.resources ?? new Map<string, Standing>()
  const changes = new ResourceChanges(services, stacks, stackName)
  const steps: Step[] = []
  const created = new Map<string, Standing['made']>()
  const imports = new Set<string>()
  const scope: Scope = { ...wanted.scope, created, imported: noting(imports, wanted) }
  const standing = new Map<string, Standing>()
  let after: Stack
  try {
    for (const [logicalId, resource] of wanted.resources) {
      const aim = aimFor(logicalId, resource, scope, wanted)
      const made = await changes.bringTo(aim, formerly.get(logicalId), steps)
      standing.set(logicalId, made)
      created.set(logicalId, made.made)
    }
    after = { name: stackName, resources: standing, imports, ...outputsOf(wanted, scope) }
    requireUsedExports(stacks, before, after)
  } catch (error) {
    const rolledBack = await rollBack(changes, steps, formerly)
    settle(stacks, stackName, before, rolledBack)
    throw told(error as Error, stackName, before, steps, rolledBack)
  }
  stacks.put(after)
  return cleanUp(changes, steps, formerly, standing)
}

function aimFor(logicalId: string, resource: Resource, scope: Scope, wanted: Wanted): Aim {
  const properties = (resolve(resource.Properties, scope) ?? {}) as Record<string, unknown>
  const { DeletionPolicy: onDelete = 'Delete', UpdateReplacePolicy: onReplace = 'Delete' } =
    resource
  const kept = {
    keptOnDelete: onDelete !== 'Delete',
    keptOnReplace: onReplace !== 'Delete',
    keptOnRollback: onDelete === 'Retain' || onDelete === 'Snapshot',
  }
  return { logicalId, type: resource.Type, properties, assets: wanted.assets, kept }
}

const noting =
  (imports: Set<string>, { scope }: Wanted): Scope['imported'] =>
  (name) => {
    imports.add(name)
    return scope.imported(name)
  }

function outputsOf(wanted: Wanted, scope: Scope): Pick<Stack, 'outputs' | 'exports'> {
  const outputs: Record<string, unknown> = {}
  const exports = new Map<string, string>()
  for (const [name, output] of wanted.outputs) {
    outputs[name] = resolve(output.Value, scope)
    if (!output.Export) continue
    exports.set(String(resolve(output.Export.Name, scope)), String(outputs[name]))
  }
  return { outputs, exports }
}

/** An export that another stack uses stays as it is, as long as that one does. */
function requireUsedExports(stacks: Stacks, before: Stack | undefined, after: Stack): void {
  for (const [name, value] of before?.exports ?? []) {
    const user = stacks.userOf(name, after.name)
    if (!user || after.exports.get(name) === value) continue
    throw new DeployError(
      `the export ${name} of ${after.name} is used by ${user} and cannot change: update that one first`,
    )
  }
}

/** Deletes what was replaced and what is gone from the template, the dependants first. */
async function cleanUp(
  changes: ResourceChanges,
  steps: readonly Step[],
  formerly: ReadonlyMap<string, Standing>,
  standing: ReadonlyMap<string, Standing>,
): Promise<Changed> {
  const told: Change[] = []
  const leftBehind: string[] = []
  const superseded = new Map<string, Standing>()
  for (const step of steps) {
    const { logicalId, type } = step.made
    const becameAnother = step.kind === 'updated' && step.made.made.ref !== step.before.made.ref
    if (step.kind !== 'created' && (step.kind === 'replaced' || becameAnother)) {
      superseded.set(logicalId, step.before)
      told.push({ logicalId, type, kind: 'replaced' })
    } else told.push({ logicalId, type, kind: step.kind })
  }
  for (const one of [...formerly.values()].toReversed()) {
    const { logicalId, type } = one
    const isGone = !standing.has(logicalId)
    if (!isGone && !superseded.has(logicalId)) continue
    if (isGone ? one.keptOnDelete : one.keptOnReplace) {
      told.push({ logicalId, type, kind: 'kept' })
      continue
    }
    try {
      const kind = await changes.delete(one)
      if (isGone || kind === 'left') told.push({ logicalId, type, kind })
    } catch (error) {
      leftBehind.push((error as Error).message)
    }
  }
  return { changes: told, leftBehind }
}

function settle(
  stacks: Stacks,
  name: string,
  before: Stack | undefined,
  { standing }: RolledBack,
): void {
  if (before) stacks.put({ ...before, resources: standing })
  // A first deployment that could not be taken back whole leaves a stack: removing it tries again.
  else if (standing.size > 0) {
    stacks.put({ name, resources: standing, outputs: {}, exports: new Map(), imports: new Set() })
  }
}

function told(
  error: Error,
  stackName: string,
  before: Stack | undefined,
  steps: readonly Step[],
  { failures, kept }: RolledBack,
): Error {
  if (steps.length === 0) return error
  const ended = before
    ? `${stackName} was rolled back to what stood before`
    : `everything that was made of ${stackName} was deleted`
  const but = [
    ...(kept.length > 0 ? [`kept by policy: ${kept.join(', ')}`] : []),
    ...(failures.length > 0 ? [`not rolled back: ${failures.join('; ')}`] : []),
  ]
  return new DeployError(`${error.message}\n${[ended, ...but].join('; ')}`, { cause: error })
}
