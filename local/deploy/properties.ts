import { DeployError } from './template.ts'

/** Reads the resolved properties of one resource, and refuses those that nothing read. */
export class Properties {
  readonly place: string
  readonly #values: Readonly<Record<string, unknown>>
  readonly #known = new Set<string>()

  constructor(place: string, values: unknown) {
    this.place = place
    this.#values = (values ?? {}) as Readonly<Record<string, unknown>>
  }

  optional<T>(name: string): T | undefined {
    this.#known.add(name)
    return this.#values[name] as T | undefined
  }

  required<T>(name: string): T {
    const value = this.optional<T>(name)
    if (value !== undefined) return value
    throw new DeployError(`${this.place} lacks the property ${name}`)
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  nested(name: string): Properties {
    return new Properties(`${this.place} ${name}`, this.optional(name))
  }

  list(name: string): readonly Properties[] {
    return (this.optional<readonly unknown[]>(name) ?? []).map(
      (value, index) => new Properties(`${this.place} ${name}[${index}]`, value),
    )
  }

  /** All of them but those named, for who reads them by another schema, which refuses what it does not know. */
  others(...but: readonly string[]): Readonly<Record<string, unknown>> {
    const others = Object.entries(this.#values).filter(([name]) => !but.includes(name))
    for (const [name] of others) this.#known.add(name)
    return Object.fromEntries(others)
  }

  /** Properties that change nothing on one machine: who may do what, what is encrypted, what things cost. */
  withoutEffect(...names: readonly string[]): void {
    for (const name of names) this.#known.add(name)
  }

  refuse(why: string): never {
    throw new DeployError(`${this.place}: ${why}`)
  }

  /** @throws {DeployError} naming the first property that is not supported. */
  end(): void {
    const foreign = Object.keys(this.#values).find((name) => !this.#known.has(name))
    if (!foreign) return
    throw new DeployError(
      `local AWS does not have the property ${foreign} (${JSON.stringify(this.#values[foreign])}) of ${this.place}; it has ${[...this.#known].join(', ')}`,
    )
  }
}
