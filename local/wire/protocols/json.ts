import { JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols'
import { checkDocument, MalformedInput } from '../input-check.ts'
import { JSON_REFUSALS } from '../refusal.ts'
import type { Shape } from '../schema.ts'
import { errorMembers, type Protocol } from './protocol.ts'

const settings = { timestampFormat: { useTrait: true, default: 7 as const }, jsonName: false }
const codec = new JsonCodec2(settings)
const deserializer = new JsonShapeDeserializer2(settings)

export const readJson = (shape: Shape, body: Uint8Array): unknown => {
  const text = new TextDecoder().decode(body)
  let document: unknown = {}
  try {
    if (text.trim() !== '') document = JSON.parse(text)
  } catch (error) {
    throw new MalformedInput(`the request body is no JSON: ${(error as Error).message}`)
  }
  if (document === null) throw new MalformedInput('the request body is null, not an object')
  checkDocument(shape, document)
  if (shape.isUnitSchema()) return {}
  return deserializer.readObject(shape, document as Record<string, never>)
}

export const writeJson = (shape: Shape, value: unknown): string => {
  if (shape.isUnitSchema()) return '{}'
  const serializer = codec.createSerializer()
  serializer.write(shape, value)
  const written: string | Uint8Array = serializer.flush()
  return typeof written === 'string' ? written : new TextDecoder().decode(written)
}

const writeError = (shape: Shape | undefined, members: Record<string, unknown>): object =>
  shape ? { ...members, ...JSON.parse(writeJson(shape, members)) } : members

/** AWS JSON 1.0 and 1.1: they differ in nothing but the content type. */
export const awsJson = (version: '1.0' | '1.1'): Protocol => ({
  unknownOperation: 'UnknownOperationException',
  malformed: 'SerializationException',
  refusals: JSON_REFUSALS,
  decode: (operation, request) => readJson(operation.input, request.body),
  encode: (operation, output, { requestId }) => ({
    status: 200,
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amzn-requestid': requestId,
    },
    body: writeJson(operation.output, output),
  }),
  encodeError: (error, shape, { requestId }) => ({
    status: shape?.status ?? error.status,
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amzn-requestid': requestId,
      // Services that once spoke Query keep its code for clients that match on it.
      ...(shape &&
        shape.queryCode !== shape.name && {
          'x-amzn-query-error': `${shape.queryCode};${error.status < 500 ? 'Sender' : 'Receiver'}`,
        }),
    },
    body: JSON.stringify({
      __type: shape?.name ?? error.code,
      ...writeError(shape?.shape, errorMembers(error, shape)),
    }),
  }),
})
