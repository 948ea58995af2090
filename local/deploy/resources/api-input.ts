import type { Shape } from '../../wire/schema.ts'
import { DeployError } from '../template.ts'
import type { Creation } from './resource-type.ts'

/**
 * A resource's properties as the input of the operation that they are meant for. Templates write members with a
 * capital letter, and numbers and booleans as text where they like; the API's schema says what they are.
 * @param but properties that go elsewhere.
 * @throws {DeployError} naming the path of a property that the operation does not have.
 */
export function apiInput(
  { properties, services }: Pick<Creation, 'properties' | 'services'>,
  [service, operation]: readonly [service: string, operation: string],
  ...but: readonly string[]
): Readonly<Record<string, unknown>> {
  const shape = services.inputShape(service, operation)
  const others = properties.others(...but)
  return asShape(shape, others, `${properties.place} `) as Readonly<Record<string, unknown>>
}

/** @param place where the value stands, for errors. @throws {DeployError} */
export function asShape(shape: Shape, value: unknown, place: string): unknown {
  if (shape.isStructSchema() && isObject(value)) return asStruct(shape, value, place)
  if (shape.isListSchema() && Array.isArray(value)) {
    return value.map((one, at) => asShape(shape.getValueSchema(), one, `${place}[${at}]`))
  }
  if (shape.isMapSchema() && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        asShape(shape.getValueSchema(), one, `${place}.${key}`),
      ]),
    )
  }
  if (shape.isStringSchema() && (typeof value === 'number' || typeof value === 'boolean')) {
    return String(value)
  }
  if (shape.isNumericSchema() && typeof value === 'string' && value.trim() !== '') {
    return Number(value)
  }
  if (shape.isBooleanSchema() && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function asStruct(
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  place: string,
): Readonly<Record<string, unknown>> {
  const members = Object.keys(shape.getMemberSchemas())
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const member = members.find((known) => known.toLowerCase() === name.toLowerCase())
      const path = place.endsWith(' ') ? `${place}${name}` : `${place}.${name}`
      if (member === undefined) {
        throw new DeployError(
          `local AWS does not have the property ${path} (${JSON.stringify(one)}); it has ${members.join(', ')}`,
        )
      }
      return [member, asShape(shape.getMemberSchema(member), one, path)]
    }),
  )
}
