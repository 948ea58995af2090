import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols'
import { MalformedInput } from '../input-check.ts'
import type { ErrorShape } from '../schema.ts'
import { envelope, type Shape } from '../schema.ts'
import type { AwsError, WireResponse } from '../service.ts'
import { type Answering, errorMembers } from './protocol.ts'

const DOCUMENT = 15

const settings = (xmlNamespace: string) => ({
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: true,
  serviceNamespace: '',
  xmlNamespace,
})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Text and attributes of an element that has children: not members. */
const isMarkup = (name: string): boolean => name === '#text' || name.startsWith('xmlns')

const checkElements = (shape: Shape, value: unknown, path: string): void => {
  if (!isRecord(value)) return
  if (shape.isStructSchema()) {
    const members = new Map(
      [...shape.structIterator()].map(([name, inner]) => [
        String((inner.getMemberTraits() as { xmlName?: string }).xmlName ?? name),
        inner,
      ]),
    )
    for (const [name, inner] of Object.entries(value)) {
      if (isMarkup(name)) continue
      const known = members.get(name)
      const here = path === '' ? name : `${path}.${name}`
      if (!known) throw new MalformedInput(`local AWS does not know the element ${here}`)
      checkElements(known, inner, here)
    }
  } else if (shape.isListSchema()) {
    const item = shape.getValueSchema()
    const name = String((item.getMergedTraits() as { xmlName?: string }).xmlName ?? 'member')
    for (const inner of [value[name]].flat()) checkElements(item, inner, path)
  }
}

export const readXml = (shape: Shape, body: Uint8Array): unknown => {
  const deserializer = new XmlShapeDeserializer(settings(''))
  let document: unknown
  try {
    document = deserializer.read(DOCUMENT, body)
  } catch (error) {
    throw new MalformedInput(`the request body is no XML: ${(error as Error).message}`)
  }
  checkElements(shape, document, '')
  return deserializer.readSchema(shape, document)
}

export const writeXml = (shape: Shape, value: unknown, xmlNamespace: string): string => {
  const serializer = new XmlShapeSerializer(settings(xmlNamespace))
  serializer.write(shape, value)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush()}`
}

const PLAIN_ERROR = envelope('Error', { Type: 'string', Code: 'string', Message: 'string' })

/** The body that Query and REST-XML share: ErrorResponse, Error, Code. */
export const xmlError = (
  error: AwsError,
  shape: ErrorShape | undefined,
  { requestId }: Answering,
  xmlNamespace: string,
): WireResponse => {
  const status = shape?.status ?? error.status
  const details = shape ? Object.keys(error.fields) : []
  const body = envelope('ErrorResponse', {
    Error: shape
      ? envelope('Error', {
          Type: 'string',
          Code: 'string',
          Message: 'string',
          ...Object.fromEntries(
            details.map((name) => [name, shape.shape.getMemberSchema(name)] as const),
          ),
        })
      : PLAIN_ERROR,
    RequestId: 'string',
  })
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: writeXml(
      body,
      {
        Error: {
          ...errorMembers(error, undefined),
          Type: status < 500 ? 'Sender' : 'Receiver',
          Code: shape?.queryCode ?? error.code,
          Message: error.message,
        },
        RequestId: requestId,
      },
      xmlNamespace,
    ),
  }
}
