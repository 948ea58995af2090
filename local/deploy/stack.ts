import type { Standing } from './resources/resource-type.ts'

/**
 * What happened to a resource in a deployment. What is not named was not touched. `kept`: by its policy; `left`:
 * it would not go, and CloudFormation goes on without a word.
 */
export interface Change {
  readonly logicalId: string
  readonly type: string
  readonly kind: 'created' | 'updated' | 'replaced' | 'deleted' | 'kept' | 'left'
}

/** A stack as it stands. */
export interface Stack {
  readonly name: string
  /** In the order in which they were made: each after what it refers to. */
  readonly resources: ReadonlyMap<string, Standing>
  readonly outputs: Readonly<Record<string, unknown>>
  /** By the export's name. */
  readonly exports: ReadonlyMap<string, string>
  /** Names of other stacks' exports that it uses. */
  readonly imports: ReadonlySet<string>
}

/** All stacks of one local AWS, and the names that their resources go by. */
export class Stacks {
  readonly #byName = new Map<string, Stack>()
  readonly #deleted = new Map<string, Stack>()
  readonly #names = new Set<string>()

  get(name: string): Stack | undefined {
    return this.#byName.get(name)
  }

  put(stack: Stack): void {
    this.#byName.set(stack.name, stack)
    this.#deleted.delete(stack.name)
  }

  remove(name: string): void {
    const stack = this.#byName.get(name)
    if (stack) this.#deleted.set(name, stack)
    this.#byName.delete(name)
  }

  all(): readonly Stack[] {
    return [...this.#byName.values()]
  }

  /** A stack that was deleted, and that none has been made in place of. */
  deleted(name: string): Stack | undefined {
    return this.#deleted.get(name)
  }

  exported(name: string): string | undefined {
    for (const stack of this.#byName.values()) {
      const value = stack.exports.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  /** The other stack that uses an export. */
  userOf(exportName: string, but: string): string | undefined {
    return [...this.#byName.values()].find(
      (stack) => stack.name !== but && stack.imports.has(exportName),
    )?.name
  }

  /**
   * A name for a resource that the template leaves unnamed. AWS puts chance at its end; here the first of a series
   * that is free, so that the same template gets the same names. A replacement, and what follows something that was
   * retained, gets the next one.
   */
  takeName(stackName: string, logicalId: string): string {
    const first = physicalName(stackName, logicalId)
    let name = first
    for (let number = 2; this.#names.has(name); number += 1) {
      const suffix = `-${number}`
      name = `${first.slice(0, LONGEST - suffix.length)}${suffix}`
    }
    this.#names.add(name)
    return name
  }

  giveBackName(name: string): void {
    this.#names.delete(name)
  }
}

/** Which every service takes. */
const LONGEST = 64

/** The end of a logical id is what tells it apart. */
function physicalName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 9)}-${logicalId.slice(-8)}`
}
