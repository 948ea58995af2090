import { onlyStack, readTemplate, stacksInOrder } from './assembly.ts'
import { readAssets } from './assets.ts'
import { type Changed, changeStack } from './change-stack.ts'
import type { CreatedResource } from './intrinsics.ts'
import { removeStack } from './remove-stack.ts'
import { resourceType } from './resources/index.ts'
import type { DeployRecord, DeployServices } from './resources/resource-type.ts'
import type { Change, Stack, Stacks } from './stack.ts'
import { DeployError } from './template.ts'
import { readWanted } from './wanted.ts'

export type { DeployServices } from './resources/resource-type.ts'
export { type Change, Stacks } from './stack.ts'
export { DeployError } from './template.ts'

export interface Deployed extends DeployRecord, Changed {
  readonly stackName: string
  /** Physical id and attributes by logical id. */
  readonly resources: ReadonlyMap<string, CreatedResource & { readonly type: string }>
  /** Resources that were taken down and have no effect. */
  readonly recorded: readonly { readonly logicalId: string; readonly type: string }[]
  readonly outputs: Readonly<Record<string, unknown>>
}

export interface DeployOptions {
  /** Whose template; may be left out where the folder holds one. */
  readonly stack?: string
}

/** A small CloudFormation: what `cdk synth` wrote becomes stacks of local AWS. */
export interface CloudFormation {
  /**
   * Makes what a template names, or brings the stack that stands to it: what did not change is not written.
   * @throws {DeployError} naming logical id, type and reason; nothing of a failed deployment stays.
   */
  deploy(folder: string, options?: DeployOptions): Promise<Deployed>
  /** Every stack of a folder, or those named, each after those that it depends on. @throws {DeployError} */
  deployAll(folder: string, stacks?: readonly string[]): Promise<readonly Deployed[]>
  /** @throws {DeployError} */
  removeStack(name: string): Promise<readonly Change[]>
}

/** @param stacks where they stand: its API tells of them. */
export function createCloudFormation(services: DeployServices, stacks: Stacks): CloudFormation {
  const busy = new Set<string>()

  const alone = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    if (busy.has(name)) {
      throw new DeployError(`${name} is being changed already: wait until that has ended`)
    }
    busy.add(name)
    try {
      return await act()
    } finally {
      busy.delete(name)
    }
  }
  const deploy: CloudFormation['deploy'] = async (folder, options = {}) => {
    const name = options.stack ?? onlyStack(folder)
    const template = readTemplate(folder, name)
    const wanted = readWanted(template, name, readAssets(folder), (one) => stacks.exported(one))
    return alone(name, async () => {
      const changed = await changeStack(services, stacks, wanted)
      return deployedOf(stacks.get(name) as Stack, changed)
    })
  }

  return {
    deploy,
    async deployAll(folder, named) {
      const ordered = stacksInOrder(folder)
      const unknown = named?.find((name) => !ordered.includes(name))
      if (unknown)
        throw new DeployError(`${folder} has no ${unknown}.template.json: run npm run synth`)
      const deployed: Deployed[] = []
      for (const stack of ordered) {
        if (!named || named.includes(stack)) deployed.push(await deploy(folder, { stack }))
      }
      return deployed
    },
    removeStack: (name) => alone(name, () => removeStack(services, stacks, name)),
  }
}

function deployedOf(stack: Stack, changed: Changed): Deployed {
  const record: DeployRecord = {
    functions: [],
    rules: [],
    stateMachines: [],
    tables: [],
    queues: [],
    eventSourceMappings: [],
  }
  const standing = [...stack.resources.values()]
  for (const { logicalId, made } of standing) {
    for (const [kind, entry] of Object.entries(made.told ?? {})) {
      const entries: object[] = record[kind as keyof DeployRecord]
      entries.push({ logicalId, ...entry })
    }
  }
  return {
    stackName: stack.name,
    resources: new Map(
      standing.map(({ logicalId, type, made: { ref, attributes } }) => [
        logicalId,
        { type, ref, attributes },
      ]),
    ),
    recorded: standing
      .filter(({ type }) => resourceType(type).isRecorded)
      .map(({ logicalId, type }) => ({ logicalId, type })),
    outputs: stack.outputs,
    ...record,
    ...changed,
  }
}
