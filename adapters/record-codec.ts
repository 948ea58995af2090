import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { convertToNative, marshall } from '@aws-sdk/util-dynamodb'
import { RecordError } from '../core/errors.ts'

/** Attributes as DynamoDB holds them: what a condition must compare with, whatever they mean to the model. */
export type Attributes = Record<string, AttributeValue>

/** What one attribute may hold. */
export interface Field {
  readonly accepts: (value: unknown) => boolean
  /** Ends the sentence "use …". */
  readonly expected: string
  readonly optional?: true
  /** Stands in for an attribute that a person removed. */
  readonly missing?: unknown
  /** Nested values cannot be compared by every condition; a record that has them is guarded by its version. */
  readonly nested?: true
}

/** Items of the table to and from a record of the model. Attributes are the model's names in PascalCase. */
export interface Codec<Model> {
  /** Every attribute of the model but the keys. */
  readonly attributes: readonly string[]
  /** Those that a condition can compare as they are. */
  readonly flat: readonly string[]
  encode(model: Model): Attributes
  /** Ignores attributes that the model does not have. @throws {RecordError} for an impossible one. */
  decode(item: Attributes): Model
}

/** @param fields of the model without `canary`, which is the item's partition key. */
export function createCodec<Model extends { readonly canary: string }>(
  fields: Readonly<Record<Exclude<keyof Model & string, 'canary'>, Field>>,
): Codec<Model> {
  const entries = Object.entries<Field>(fields).map(
    ([name, field]) => [name, attributeOf(name), field] as const,
  )
  return {
    attributes: entries.map(([, attribute]) => attribute),
    flat: entries.filter(([, , field]) => !field.nested).map(([, attribute]) => attribute),

    encode(model) {
      const values = entries.map(([name, attribute]) => [
        attribute,
        storable(Reflect.get(model, name)),
      ])
      // Numbers of any size pass: what does not fit is not one any more after `storable`.
      return marshall(Object.fromEntries(values), {
        removeUndefinedValues: true,
        allowImpreciseNumbers: true,
      })
    },

    decode(item) {
      const canary = native(item.Canary)
      const model: Record<string, unknown> = { canary }
      const place = `canary ${canary}, record ${native(item.Record)}`
      for (const [name, attribute, field] of entries) {
        const value = held(place, attribute, field, native(item[attribute]))
        if (value !== undefined) model[name] = value
      }
      return model as Model
    },
  }
}

function held(place: string, attribute: string, field: Field, value: unknown): unknown {
  // The console leaves an empty text or a null where a person clears a value.
  const absent = value === undefined || value === null || (field.optional && value === '')
  if (absent && field.optional) return undefined
  if (absent && field.missing !== undefined) return field.missing
  if (absent) throw new RecordError(`${place}: ${attribute} is missing; use ${field.expected}`)
  if (!field.accepts(value)) {
    throw new RecordError(`${place}: ${attribute} is ${shown(value)}; use ${field.expected}`)
  }
  return value
}

/** The value as JavaScript has it. Numbers too long for JavaScript are rounded, not refused. */
export function native(value: AttributeValue | undefined): unknown {
  return value && convertToNative(value, { wrapNumbers: Number })
}

/** DynamoDB's numbers reach from 1e-130 to 1e126; others are kept as text, which `numberOf` reads. */
function storable(value: unknown): unknown {
  if (typeof value === 'number') {
    const size = Math.abs(value)
    return value === 0 || (size >= 1e-130 && size < 1e126) ? value : String(value)
  }
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, storable(inner)]))
  }
  return value
}

/** Of two encoded records, the attributes that `after` has and `before` has not so. */
export function differences(
  before: Attributes,
  after: Attributes,
): { readonly set: Attributes; readonly remove: readonly string[] } {
  const set = Object.entries(after).filter(([name, value]) => !same(before[name], value))
  return {
    set: Object.fromEntries(set),
    remove: Object.keys(before).filter((name) => !(name in after)),
  }
}

/** Whatever order the keys of a map came in. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

function attributeOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
