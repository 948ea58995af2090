import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../wire/service.ts'
import type { Assets } from './assets.ts'
import { Properties } from './properties.ts'
import { resourceType } from './resources/index.ts'
import {
  type Creation,
  type DeployServices,
  type Made,
  PartlyMade,
  type ResourceType,
  type Standing,
  StillStands,
} from './resources/resource-type.ts'
import type { Stacks } from './stack.ts'
import { DeployError } from './template.ts'

/** A resource as the template wants it, everything in it resolved. */
export interface Aim {
  readonly logicalId: string
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly assets: Assets
  readonly kept: Pick<Standing, 'keptOnDelete' | 'keptOnReplace' | 'keptOnRollback'>
}

/** One step of a deployment, with what going back from it needs. */
export type Step =
  | { readonly kind: 'created'; readonly made: Standing }
  | { readonly kind: 'replaced'; readonly made: Standing; readonly before: Standing }
  | { readonly kind: 'updated'; readonly made: Standing; readonly before: Standing }

/** Makes, changes and deletes single resources, and gives errors their place. */
export class ResourceChanges {
  readonly #services: DeployServices
  readonly #stacks: Stacks
  readonly #stackName: string

  constructor(services: DeployServices, stacks: Stacks, stackName: string) {
    this.#services = services
    this.#stacks = stacks
    this.#stackName = stackName
  }

  /**
   * Brings one resource to what is wanted. Nothing is called where nothing changed.
   * @param steps gets what was done, also where it was done in part and then failed.
   * @throws {DeployError}
   */
  async bringTo(aim: Aim, before: Standing | undefined, steps: Step[]): Promise<Standing> {
    if (!before) {
      const made = await this.#create(aim, (partly) =>
        steps.push({ kind: 'created', made: partly }),
      )
      steps.push({ kind: 'created', made })
      return made
    }
    if (before.type !== aim.type) {
      throw new DeployError(
        `${aim.logicalId}: it is of type ${before.type} and cannot become ${aim.type}: give it another logical id`,
      )
    }
    const changed = changedProperties(before.properties, aim.properties)
    if (changed.size === 0) return { ...before, ...aim.kept }
    if (isReplaced(resourceType(aim.type), changed)) {
      const made = await this.#create(aim, (partly) =>
        steps.push({ kind: 'created', made: partly }),
      )
      steps.push({ kind: 'replaced', made, before })
      return made
    }
    try {
      const made = await this.update(aim, before)
      steps.push({ kind: 'updated', made, before })
      return made
    } catch (error) {
      // How far it came is not known: going back writes the former properties.
      steps.push({ kind: 'updated', made: { ...before, properties: aim.properties }, before })
      throw error
    }
  }

  async #create(aim: Aim, partly: (made: Standing) => void): Promise<Standing> {
    const defaultName = this.#stacks.takeName(this.#stackName, aim.logicalId)
    const standingOf = (made: Made): Standing => ({ ...aim, ...aim.kept, defaultName, made })
    try {
      const creation = this.#creation(aim, defaultName)
      return standingOf(await resourceType(aim.type).create(creation))
    } catch (error) {
      if (error instanceof PartlyMade) partly(standingOf(error.made))
      else this.#stacks.giveBackName(defaultName)
      throw placed(aim, error as Error)
    }
  }

  /** @throws {DeployError} */
  async update(aim: Aim, before: Standing): Promise<Standing> {
    const { update } = resourceType(aim.type)
    if (!update) throw new DeployError(`${aim.logicalId}: ${aim.type} cannot be updated in place`)
    const changed = changedProperties(before.properties, aim.properties)
    const creation = this.#creation(aim, before.defaultName)
    try {
      const made = await update({ ...creation, before, changed })
      return { ...aim, ...aim.kept, defaultName: before.defaultName, made }
    } catch (error) {
      throw placed(aim, error as Error)
    }
  }

  /** @throws {DeployError} */
  async delete(standing: Standing): Promise<'deleted' | 'left'> {
    const { logicalId } = standing
    try {
      await resourceType(standing.type).delete({
        logicalId,
        stackName: this.#stackName,
        standing,
        services: this.#services,
      })
    } catch (error) {
      if (error instanceof StillStands) return 'left'
      throw placed(standing, error as Error)
    }
    this.#stacks.giveBackName(standing.defaultName)
    return 'deleted'
  }

  #creation(aim: Aim, defaultName: string): Creation {
    const { logicalId, type, assets } = aim
    return {
      logicalId,
      type,
      stackName: this.#stackName,
      defaultName,
      properties: new Properties(`${logicalId} (${type})`, aim.properties),
      services: this.#services,
      assets,
    }
  }
}

/** What a standing resource would be brought to, to be again as it stands. */
export const aimOf = ({ made: _, defaultName: __, ...standing }: Standing): Aim => ({
  logicalId: standing.logicalId,
  type: standing.type,
  properties: standing.properties,
  assets: standing.assets,
  kept: {
    keptOnDelete: standing.keptOnDelete,
    keptOnReplace: standing.keptOnReplace,
    keptOnRollback: standing.keptOnRollback,
  },
})

function changedProperties(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return new Set([...names].filter((name) => !isDeepStrictEqual(before[name], after[name])))
}

const isReplaced = (type: ResourceType, changed: ReadonlySet<string>): boolean =>
  !type.update || (type.replacedBy ?? []).some((name) => changed.has(name))

function placed(at: { readonly logicalId: string; readonly type: string }, error: Error): Error {
  const { logicalId, type } = at
  if (error instanceof DeployError && error.message.includes(logicalId)) return error
  const known =
    error instanceof DeployError ||
    error instanceof AwsError ||
    error instanceof PartlyMade ||
    error.name !== 'Error'
  return known
    ? new DeployError(`${logicalId} (${type}): ${error.message}`, { cause: error })
    : error
}
