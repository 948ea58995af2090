import { createHash } from 'node:crypto'
import type { Made, ResourceType } from '../resource-type.ts'

interface Recorded {
  /** Properties that the type has. Any other one is refused. */
  readonly properties: readonly string[]
  /** Gives the resource its name, and makes it another one where it changes. */
  readonly nameProperty?: string
  /** What makes it another one besides. */
  readonly replacedBy?: readonly string[]
  /** What others get of it, by its name and its properties. */
  readonly made?: (name: string, properties: Readonly<Record<string, unknown>>) => Made
}

/** A resource that is taken down and has no effect: others may refer to it. */
export function recorded(type: Recorded): ResourceType {
  const { properties: known, nameProperty, replacedBy = [], made = named } = type
  const create: ResourceType['create'] = ({ properties, defaultName }) => {
    properties.withoutEffect(...known, ...(nameProperty ? [nameProperty] : []))
    properties.end()
    const given = nameProperty ? properties.optional<string>(nameProperty) : undefined
    return made(given ?? defaultName, properties.others())
  }
  return {
    isRecorded: true,
    create,
    update: create,
    replacedBy: [...replacedBy, ...(nameProperty ? [nameProperty] : [])],
    delete: () => undefined,
  }
}

export const named = (name: string): Made => ({ ref: name, attributes: {} })

/** An id as EC2 makes them, `subnet-0a1b…`, the same for the same name. */
export const idOf = (prefix: string, name: string): string =>
  `${prefix}-0${createHash('sha256').update(`${prefix} ${name}`).digest('hex').slice(0, 16)}`
