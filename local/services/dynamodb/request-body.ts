import { DynamoDbError } from './table-store.ts'

/** By its body: a request is asked for its input twice, for what it may and for what it does. */
const inputs = new WeakMap<Uint8Array, object>()

/**
 * The input of an operation. dynalite expects an object without nulls, which is what the SDK sends, and breaks of anything else.
 * @throws {DynamoDbError} SerializationException, as DynamoDB answers a body that it cannot read.
 */
export function inputIn(body: Uint8Array): object {
  const known = inputs.get(body)
  if (known) return known
  const input = inputOf(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
  inputs.set(body, input)
  return input
}

function inputOf(text: string): object {
  const input = read(text || '{}')
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw unreadable('the request body is no object')
  }
  // Where the word is not, there is no need to look at every value.
  const empty = text.includes('null') ? nullIn(input, '') : undefined
  if (empty !== undefined) throw unreadable(`${empty} is null; leave it out`)
  return input
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(`the request body is no JSON: ${(error as Error).message}`)
  }
}

function nullIn(value: unknown, path: string): string | undefined {
  if (value === null) return path
  if (typeof value !== 'object') return undefined
  for (const [name, inner] of Object.entries(value)) {
    const found = nullIn(inner, path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function unreadable(message: string): DynamoDbError {
  return new DynamoDbError('SerializationException', message)
}
