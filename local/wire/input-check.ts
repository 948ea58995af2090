import { tagSymbol } from '@smithy/core/cbor'
import { badParameterOf } from './directory.ts'
import { requiredMembers, type Shape } from './schema.ts'
import { AwsError } from './service.ts'

/** A body that does not fit the operation's shape; each protocol has its own code for it. */
export class MalformedInput extends Error {}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const member = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const named = (path: string): string => (path === '' ? 'the request body' : path)

const said = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const fits = (shape: Shape, value: unknown): string | undefined => {
  const is = (wanted: string, good: boolean) => (good ? undefined : wanted)
  if (shape.isStringSchema()) return is('a string', typeof value === 'string')
  if (shape.isBooleanSchema()) return is('a boolean', typeof value === 'boolean')
  if (shape.isNumericSchema()) {
    const spelled = value === 'NaN' || value === 'Infinity' || value === '-Infinity'
    return is('a number', typeof value === 'number' || spelled)
  }
  if (shape.isTimestampSchema()) {
    const readable = typeof value === 'string' && !Number.isNaN(Date.parse(value))
    // CBOR writes a time as a number with a tag, which the decoder keeps around it.
    const tagged = isRecord(value) && tagSymbol in value && typeof value.value === 'number'
    return is('a time', typeof value === 'number' || readable || tagged)
  }
  if (shape.isBlobSchema()) {
    return is('base64', typeof value === 'string' || value instanceof Uint8Array)
  }
  return undefined
}

/**
 * Compares a parsed JSON or CBOR document with the shape it should have. The SDK's deserializers drop what they do
 * not know and pass wrong types on, which is right for a client and wrong for a server that must not pretend.
 * @throws {MalformedInput} naming the path, the value and what was expected.
 */
export const checkDocument = (shape: Shape, value: unknown, path = ''): void => {
  if (value === null || value === undefined || shape.isDocumentSchema()) return
  if (shape.isStructSchema()) {
    if (!isRecord(value))
      throw new MalformedInput(`${named(path)} is ${said(value)}, not an object`)
    const members = shape.getMemberSchemas()
    for (const [name, inner] of Object.entries(value)) {
      if (name === '__type') continue
      const known = Object.hasOwn(members, name) ? members[name] : undefined
      if (!known)
        throw new MalformedInput(`local AWS does not know the parameter ${member(path, name)}`)
      checkDocument(known, inner, member(path, name))
    }
    return
  }
  if (shape.isListSchema()) {
    if (!Array.isArray(value)) throw new MalformedInput(`${path} is ${said(value)}, not a list`)
    value.forEach((item, at) => {
      const place = `${path}[${at}]`
      if (item === null) throw new MalformedInput(`${place} is null; leave it out`)
      checkDocument(shape.getValueSchema(), item, place)
    })
    return
  }
  if (shape.isMapSchema()) {
    if (!isRecord(value)) throw new MalformedInput(`${path} is ${said(value)}, not a map`)
    for (const [key, item] of Object.entries(value)) {
      const place = `${path}[${JSON.stringify(key)}]`
      if (item === null) throw new MalformedInput(`${place} is null; leave it out`)
      checkDocument(shape.getValueSchema(), item, place)
    }
    return
  }
  const wanted = fits(shape, value)
  if (wanted) throw new MalformedInput(`${path} is ${said(value)}, not ${wanted}`)
}

/** @throws {AwsError} naming the first member that must be there and is not. */
export const checkRequired = (service: string, shape: Shape, value: unknown, path = ''): void => {
  if (value === null || value === undefined) return
  if (shape.isStructSchema() && isRecord(value)) {
    for (const name of requiredMembers(shape)) {
      const there = value[name] !== null && value[name] !== undefined
      if (there || shape.getMemberSchema(name).isIdempotencyToken()) continue
      throw new AwsError(
        badParameterOf(service),
        `the required parameter ${member(path, name)} is missing`,
      )
    }
    for (const [name, inner] of shape.structIterator()) {
      checkRequired(service, inner, value[name], member(path, name))
    }
  } else if (shape.isListSchema() && Array.isArray(value)) {
    value.forEach((item, at) => {
      checkRequired(service, shape.getValueSchema(), item, `${path}[${at}]`)
    })
  }
}

/** A path is taken if it is listed, if it lies under a listed one, or if it leads to one. */
const isTaken = (path: string, supported: readonly string[]): boolean =>
  supported.some(
    (listed) => path === listed || path.startsWith(`${listed}.`) || listed.startsWith(`${path}.`),
  )

/** @throws {AwsError} naming the first parameter that the operation would have to ignore. */
export const checkSupported = (
  service: string,
  operation: string,
  supported: readonly string[],
  value: unknown,
  path = '',
): void => {
  if (Array.isArray(value)) {
    for (const item of value) checkSupported(service, operation, supported, item, path)
    return
  }
  if (!isRecord(value) || value instanceof Date || value instanceof Uint8Array) return
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue
    const here = member(path, name)
    if (!isTaken(here, supported)) {
      throw new AwsError(
        badParameterOf(service),
        `local AWS does not support the parameter ${here} of ${service}:${operation}`,
      )
    }
    if (!supported.includes(here)) checkSupported(service, operation, supported, inner, here)
  }
}
